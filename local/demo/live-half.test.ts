import { expect, it } from "vitest";
import { siteSync } from "../../test/support/http/etl-views.ts";
import { firstSyncHours, holesIn, liveHalf } from "./live-half.ts";

it("the first sync goes back before midnight, whatever the time", () => {
  const hoursAt = (time: string) => firstSyncHours(Date.parse(`2026-08-07T${time}Z`));
  expect([hoursAt("00:00:00"), hoursAt("00:59:59"), hoursAt("12:30:00"), hoursAt("23:59:59")]).toEqual([
    2, 2, 14, 25,
  ]);
});

it("a half-hour without an average is a hole, but for one that has just begun", () => {
  const from = Date.parse("2026-08-07T10:00:00Z");
  const half = 1_800_000;
  const range = { fromMs: from, toMs: from + 3 * half + 1 };
  expect(holesIn([from, from + half + half / 2, from + 2 * half], range)).toEqual([]);
  expect(holesIn([from, from + 2 * half], range)).toEqual(["2026-08-07 10:30"]);
});

const COST = {
  query_time_ms: 1,
  r2_requests: 1,
  bytes_read: 1,
  row_groups_read: 1,
  row_groups_pruned: 0,
};

it("an answer of one store, a stale site and holes are named", async () => {
  const printed: string[] = [];
  const samples = [{ timestamp: new Date().toISOString(), value: 1 }];
  const answer = { samples, metadata: { total_samples: 1, sources: ["R2"], ...COST } };
  const workers = {
    etl: { status: async () => ({ sites: [siteSync()] }) as never },
    query: { samples: async () => answer as never },
  };
  const wrong = await liveHalf(workers, { site: "ses_falls_city", point: "p" }, 100, (line) =>
    printed.push(line),
  );
  expect(printed.join("\n")).toMatch(/ses_falls_city +2025-10-14 12:33 UTC/);
  expect(wrong.slice(0, 2)).toEqual([
    "ses_falls_city: its newest sample is of 2025-10-14T12:33:00.000Z",
    "p: the answer is from R2 alone",
  ]);
  expect(wrong.length).toBeGreaterThan(30);
});
