import { expect, it } from "vitest";
import { siteView } from "../../test/support/dashboard-status.ts";
import { rollupSummaryLines } from "./rollup-text.ts";

it("is silent while no day is archived, and of Workers without roll-ups", () => {
  const rollups = {
    state: "running" as const,
    hourly: { periods: 3, days_held: 350, days_lacking: 16, days_skipped: 0, bytes: 1 },
    raw: { periods: 10, days_held: 305, days_lacking: 30, days_skipped: 0, bytes: 1 },
    ...{ current_period: "2024-Q4", last_error: null },
  };
  expect(rollupSummaryLines({ sites: [siteView({ rollups })] })).toEqual([
    "roll-ups of a: 350 of 366 days by the hour, 305 of 335 days raw; making 2024-Q4",
  ]);
  const none = { ...rollups, hourly: { ...rollups.hourly, days_held: 0, days_lacking: 0 } };
  expect(rollupSummaryLines({ sites: [siteView({ rollups: none }), siteView()] })).toEqual([]);
});
