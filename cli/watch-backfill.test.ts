import { expect, it } from "vitest";
import { STATUS } from "../test/support/cli-status.ts";
import { exitCodeOf } from "./watch-backfill.ts";

it("is done while a backfill runs and where it has all of its days, in part where it rests without them", () => {
  expect(exitCodeOf(undefined)).toBe(0);
  expect(exitCodeOf(STATUS)).toBe(0);
  expect(exitCodeOf({ ...STATUS, status: "completed", outcome: "success" })).toBe(0);
  for (const rests of [
    { status: "completed", outcome: "partial" },
    { status: "cancelled", outcome: null },
    { status: "halted", outcome: null },
  ] as const) {
    expect(exitCodeOf({ ...STATUS, ...rests })).toBe(1);
  }
});
