import { expect, test } from "vitest";
import type { Evidence } from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { addsUp, countsOf, NO_DAY_OPEN, opened } from "./open-day.ts";

const evidence: Evidence = {
  written: 90,
  points: 3,
  first_timestamp: 0,
  last_timestamp: 1,
  bytes: 10,
  sha256: "",
  pages: 1,
  requests: 2,
  retries: 0,
  fetched: 100,
  rejected: { "not a number": 3, null: 1 },
  outside: 2,
  unconfigured: 1,
  duplicates: 3,
};
const siteDay = { site: "a", day: "2024-01-05" as UtcDay };

test("every fetched row is in a count, each rejection reason by name", () => {
  expect(countsOf(evidence).map(({ name }) => name)).toContain("rejected: not a number");
  expect(addsUp(evidence)).toBe(true);
  expect(addsUp({ ...evidence, duplicates: 4 })).toBe(false);
});

test("opening another day removes the errors of the day before", () => {
  expect(opened(siteDay, { ...NO_DAY_OPEN, errors: [] }).errors).toBeUndefined();
});
