import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { optionsFrom } from "./flags.ts";

const MAIN = join(import.meta.dirname, "main.ts");

test("the process prints its address as one JSON line, and ends on SIGTERM", async () => {
  const flags = [
    "--sites",
    "a,b",
    "--key",
    "k",
    "--points",
    "20",
    "--samples-per-day",
    "100",
    "--end",
    "exclusive",
  ];
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(createInterface(child.stdout), "line");
    const { url, api } = JSON.parse(line);
    expect(api).toBe(`${url}/api`);
    const headers = { authorization: "Bearer k" };
    expect((await fetch(`${api}/sites/b/configured_points`, { headers })).status).toBe(200);
    expect(await (await fetch(`${url}/_control/options`)).json()).toMatchObject({
      key: "k",
      end: "exclusive",
    });
  } finally {
    child.kill("SIGTERM");
  }
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("flags override the preset, and invalid values are rejected", () => {
  expect(optionsFrom({ sites: "a", preset: "reference", points: "5000" })).toMatchObject({
    pointsPerSite: 5_000,
    samplesPerDay: 3_741_234,
    oddShare: 0,
  });
  expect(optionsFrom({ csv: ["real=x.csv,y.csv"] }).sites).toEqual([
    { name: "real", csv: [{ path: "x.csv" }, { path: "y.csv" }] },
  ]);
  expect(() => optionsFrom({})).toThrow(/no sites/);
  expect(() => optionsFrom({ sites: "a", points: "many" })).toThrow(/--points many/);
  expect(() => optionsFrom({ sites: "a", preset: "huge" })).toThrow(/--preset/);
  expect(() => optionsFrom({ sites: "a", cursors: "none" })).toThrow();
});
