import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { announceStack, localStack, stackNote } from "./running-stack.ts";

const URLS = { backfillUrl: "http://127.0.0.1:9001", queryUrl: "http://127.0.0.1:9002" };
const ETL_URL = "http://127.0.0.1:9003";
const USUAL = {
  backfillUrl: "http://127.0.0.1:8787",
  queryUrl: "http://127.0.0.1:8789",
  etlUrl: "http://127.0.0.1:8790",
};

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backfill-stack-"));
  file = join(folder, "local/stack.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

it("other commands find the running stack, until it ends", () => {
  const withdraw = announceStack({ ...URLS, etlUrl: ETL_URL }, file);
  expect(localStack(file)).toEqual({ ...URLS, etlUrl: ETL_URL, isRunning: true });
  withdraw();
  expect(localStack(file)).toEqual({ ...USUAL, isRunning: false });
});

it("a stack without an ETL Sync Worker names none", () => {
  announceStack(URLS, file);
  expect(localStack(file)).toEqual({ ...URLS, etlUrl: undefined, isRunning: true });
});

it("a stack that ends does not withdraw one that was started after it", () => {
  const withdraw = announceStack(URLS, file);
  const later = { ...URLS, backfillUrl: "http://127.0.0.1:9009" };
  announceStack(later, file);
  withdraw();
  expect(localStack(file)).toMatchObject(later);
});

it("the file of a killed process, or one that is no such file, does not mislead", () => {
  announceStack(URLS, file);
  const killed = spawnSync(process.execPath, ["--version"]).pid;
  const stale = JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), pid: killed });
  const { pid } = process;
  for (const text of [
    stale,
    "",
    "{}",
    "null",
    JSON.stringify({ pid }),
    JSON.stringify({ ...URLS, pid: 0 }),
    JSON.stringify({ ...URLS, etlUrl: "nowhere", pid }),
  ]) {
    writeFileSync(file, text);
    expect(localStack(file)).toEqual({ ...USUAL, isRunning: false });
  }
});

it("says whom a command asks, where that is not obvious", () => {
  expect(stackNote(USUAL.backfillUrl, { ...USUAL, isRunning: true })).toBeUndefined();
  expect(stackNote(USUAL.etlUrl, { ...USUAL, isRunning: true })).toBeUndefined();
  expect(stackNote(URLS.backfillUrl, { ...URLS, isRunning: true })).toBe(
    "Using http://127.0.0.1:9001, the stack of this checkout.",
  );
  expect(stackNote(USUAL.queryUrl, { ...USUAL, isRunning: false })).toMatch(
    /^No stack of this checkout is running .*; using http:\/\/127\.0\.0\.1:8789\.$/,
  );
});
