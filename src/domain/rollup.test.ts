import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, daysOf, type UtcDay } from "./day.ts";
import {
  dayRuns,
  daysOfPeriod,
  parseDayRuns,
  parseRollupKey,
  periodOf,
  periodsOf,
  RESOLUTIONS,
  type RollupPeriod,
  resolutionOf,
  rollupKey,
} from "./rollup.ts";
import type { SiteName } from "./site.ts";

const day = fc.nat(40_000).map((days) => addDays("1970-01-01" as UtcDay, days));

describe("a period of roll-ups", () => {
  it.each([
    ["1hr", 90, 92],
    ["raw", 28, 31],
  ] as const)("has every day of its quarter or month, and no other: %s", (resolution, least, most) => {
    fc.assert(
      fc.property(day, (date) => {
        const of = (each: UtcDay) => periodOf(each, resolution);
        const days = daysOfPeriod(of(date));
        expect(days).toContain(date);
        expect(days.length).toBeGreaterThanOrEqual(least);
        expect(days.length).toBeLessThanOrEqual(most);
        expect(new Set(days.map(of))).toEqual(new Set([of(date)]));
        expect(of(addDays(days[0] as UtcDay, -1))).not.toBe(of(date));
        expect(of(addDays(days.at(-1) as UtcDay, 1))).not.toBe(of(date));
        expect(resolutionOf(of(date))).toBe(resolution);
      }),
    );
  });

  it("begins and ends with its months", () => {
    const ends = periodsOf("2023-12-31" as UtcDay, "2024-12-01" as UtcDay, "1hr").map((period) => {
      const days = daysOfPeriod(period);
      return [period, days[0], days.at(-1)];
    });
    expect(ends).toEqual([
      ["2023-Q4", "2023-10-01", "2023-12-31"],
      ["2024-Q1", "2024-01-01", "2024-03-31"],
      ["2024-Q2", "2024-04-01", "2024-06-30"],
      ["2024-Q3", "2024-07-01", "2024-09-30"],
      ["2024-Q4", "2024-10-01", "2024-12-31"],
    ]);
    expect(periodsOf("2023-12-31" as UtcDay, "2024-02-01" as UtcDay, "raw")).toEqual([
      "2023-12",
      "2024-01",
      "2024-02",
    ]);
    expect(daysOfPeriod("2023-12" as RollupPeriod).at(-1)).toBe("2023-12-31");
  });
});

describe("the key of a roll-up", () => {
  it("is read back as site and period", () => {
    const site = "ses_falls_city" as SiteName;
    const keys = RESOLUTIONS.map((resolution) =>
      rollupKey(site, periodOf("2024-05-02" as UtcDay, resolution)),
    );
    expect(keys).toEqual([
      "rollups/1hr/2024/Q2/ses_falls_city.parquet",
      "rollups/raw/2024/05/ses_falls_city.parquet",
    ]);
    expect(keys.map(parseRollupKey)).toEqual([
      { site, period: "2024-Q2" },
      { site, period: "2024-05" },
    ]);
  });

  it.each([
    "rollups/1hr/2024/Q5/a.parquet",
    "rollups/1hr/2024/Q1/a/b.parquet",
    "timeseries/2024/01/01/a.parquet",
    "rollups/1hr/2024/Q1/.parquet",
    "rollups/1hr/2024/05/a.parquet",
    "rollups/raw/2024/Q2/a.parquet",
    "rollups/raw/2024/13/a.parquet",
  ])("is not %s", (key) => {
    expect(parseRollupKey(key)).toBeUndefined();
  });
});

describe("runs of days", () => {
  it("are read back as the same days", () => {
    fc.assert(
      fc.property(day, fc.array(fc.boolean(), { maxLength: 92 }), (date, held) => {
        const days = daysOfPeriod(periodOf(date, "1hr")).filter((_, at) => held[at]);
        expect(parseDayRuns(dayRuns(days))).toEqual(days);
      }),
    );
  });

  it("are short where days follow each other", () => {
    const days = [...daysOf("2024-01-01" as UtcDay, "2024-01-31" as UtcDay), "2024-02-03" as UtcDay];
    expect(dayRuns(days)).toBe("2024-01-01..2024-01-31 2024-02-03");
  });

  it.each([
    "2024-01-02..2024-01-01",
    "2024-01-32",
    "2024-01-02 2024-01-01",
    "a",
    "2024-01-01..2024-12-31",
    " ",
  ])("are not read from %j", (text) => {
    expect(parseDayRuns(text)).toBeUndefined();
  });
});
