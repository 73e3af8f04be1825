import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockForProcess } from "./process-lock.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backfill-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

it("belongs to one process until that unlocks it", () => {
  const unlock = lockForProcess(path, "the state");
  expect(() => lockForProcess(path, "the state")).toThrow(`the state is in use by process ${process.pid}.`);
  unlock();
  expect(existsSync(path)).toBe(false);
  lockForProcess(path, "the state")();
});

it.each([
  ["of a process that was killed", String(spawnSync(process.execPath, ["--version"]).pid)],
  ["that a full disk left empty", ""],
  ["without a process id", "-1"],
])("takes over a lock %s", (_, left) => {
  writeFileSync(path, left);
  lockForProcess(path, "the state")();
});
