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

test("flags turn a present on, and change parts of it", () => {
  expect(optionsFrom({ sites: "a" })).not.toHaveProperty("present");
  expect(optionsFrom({ sites: "a", present: true }).present).toEqual({
    late: {},
    corrected: {},
    vanishing: {},
  });
  const flags = { "late-seconds": "1.5-60", "lost-points": "2", "lost-at": "2026-08-07T12:00:00Z" };
  expect(optionsFrom({ sites: "a", ...flags }).present).toMatchObject({
    late: { msMin: 1_500, msMax: 60_000 },
    lost: { points: 2, at: "2026-08-07T12:00:00Z" },
  });
  expect(() => optionsFrom({ sites: "a", "late-seconds": "5" })).toThrow(/5-7200/);
  expect(() => optionsFrom({ sites: "a", "lost-points": "2" })).toThrow(/--lost-at/);
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
  expect(optionsFrom({ sites: "a", preset: "reference", shape: "changes" }).shape).toBe("changes");
  expect(() => optionsFrom({ sites: "a", shape: "round" })).toThrow(/bursts, scattered, changes/);
});
