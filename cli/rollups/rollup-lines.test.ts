import { expect, it } from "vitest";
import type { RollupView, SiteRollups } from "../../src/contract/backfill.ts";
import { rollupLine, rollupTable } from "./rollup-lines.ts";

const VIEW: RollupView = {
  state: "running",
  hourly: { periods: 3, days_held: 350, days_lacking: 16, days_skipped: 0, bytes: 5_000_000 },
  raw: { periods: 11, days_held: 335, days_lacking: 0, days_skipped: 0, bytes: 30_000_000 },
  current_period: "2024-Q4",
  last_error: null,
};
const SITE: SiteRollups = {
  site: "site_a",
  ...VIEW,
  quarters: [
    {
      ...{ period: "2024-Q4", days_held: 76, days_lacking: 15, days_skipped: ["2024-12-24"], making: true },
      ...{ rows: null, bytes: null, sha256: null, error: "it can't be read" },
    },
  ],
  months: [
    {
      ...{ period: "2024-11", days_held: 30, days_lacking: 0, days_skipped: [], making: false },
      ...{ rows: 1_234_567, bytes: 2_000_000, sha256: "00", error: null },
    },
  ],
};

it("says how many days the roll-ups have, what is made now, and what fails", () => {
  expect(rollupLine(SITE)).toBe("site_a  350 of 366 days by the hour, 335 days raw; making 2024-Q4");
  expect(rollupLine({ ...SITE, state: "waiting", last_error: "R2 fails" })).toBe(
    "site_a  350 of 366 days by the hour, 335 days raw; R2 fails",
  );
});

it("has a line for each quarter and month, with its error below", () => {
  const [, , row, error = "", ...others] = rollupTable([SITE], 200);
  const month = [error, ...others].find((line) => line.includes("2024-11"));
  expect(row?.split(/ {2,}/).slice(0, 7)).toEqual(["site_a", "2024-Q4", "76", "15", "1", "-", "-"]);
  expect(`${row} ${error}`).toContain("it can't be read");
  expect(month?.split(/ {2,}/).slice(0, 6)).toEqual(["site_a", "2024-11", "30", "0", "0", "1,234,567"]);
  expect(rollupTable([{ ...SITE, quarters: [], months: [] }], 200)).toEqual([]);
});
