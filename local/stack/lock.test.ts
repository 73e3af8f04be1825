import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { takeLock } from "./lock.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backfill-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

it("is one process's until that gives it back", () => {
  const giveBack = takeLock(path, "the state");
  expect(() => takeLock(path, "the state")).toThrow(`the state is in use by process ${process.pid}.`);
  giveBack();
  expect(existsSync(path)).toBe(false);
  takeLock(path, "the state")();
});

it.each([
  ["of a process that was killed", String(spawnSync("true").pid)],
  ["that a full disk left empty", ""],
  ["that says of nobody", "-1"],
])("goes to the next one from a lock %s", (_, left) => {
  writeFileSync(path, left);
  takeLock(path, "the state")();
});
