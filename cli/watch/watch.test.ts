import { expect, it } from "vitest";
import { STATUS } from "../../test/support/cli-status.ts";
import { exitCodeOf } from "./watch.ts";

it("the exit code is 0 while a backfill runs and when it has all of its days, and 1 when it ended without them", () => {
  expect(exitCodeOf(undefined)).toBe(0);
  expect(exitCodeOf(STATUS)).toBe(0);
  expect(exitCodeOf({ ...STATUS, status: "completed", outcome: "success" })).toBe(0);
  for (const ended of [
    { status: "completed", outcome: "partial" },
    { status: "cancelled", outcome: null },
    { status: "halted", outcome: null },
  ] as const) {
    expect(exitCodeOf({ ...STATUS, ...ended })).toBe(1);
  }
});
