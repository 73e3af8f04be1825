import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CommandRun } from "../../terminal/terminal.ts";
import { claimStateDir } from "./state-dir.ts";

let folder: string;
const steps: (() => void | Promise<void>)[] = [];
const run: CommandRun = { signal: new AbortController().signal, onEnd: (step) => steps.push(step) };
const end = async () => {
  for (const step of steps.splice(0).reverse()) await step();
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-dir-"));
});
afterEach(async () => {
  await end();
  rmSync(folder, { recursive: true });
});

const claim = (path: string, { api = "https://a.example", fresh = false } = {}) =>
  claimStateDir({ name: "test", path, api, fresh }, run);

it("a directory is found again by the same API, and refused to another", async () => {
  const path = join(folder, "new/state");
  expect(claim(path)).toEqual({ path, shown: path });
  await end();
  claim(path);
  await end();
  expect(() => claim(path, { api: "https://b.example" })).toThrow("has the data of https://a.example");
});

it("--fresh deletes the data, also those of another API, but only in a state directory", async () => {
  const path = join(folder, "state");
  claim(path);
  mkdirSync(join(path, "v3"));
  await end();
  claim(path, { api: "https://b.example", fresh: true });
  expect(existsSync(join(path, "v3"))).toBe(false);
  const home = join(folder, "home");
  mkdirSync(home);
  writeFileSync(join(home, "letters.txt"), "");
  expect(() => claim(home, { fresh: true })).toThrow("has other things in it");
  expect(existsSync(join(home, "letters.txt"))).toBe(true);
});

it("a directory that a running process has is refused", () => {
  const path = join(folder, "state");
  claim(path);
  expect(() => claim(path)).toThrow(`in use by process ${process.pid}`);
});
