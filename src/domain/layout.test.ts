import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, utcDayOf } from "./day.ts";
import { dayKey, errorKey, objectKey, parseObjectKey, stateKey } from "./layout.ts";
import { parseSiteName, type SiteName } from "./site.ts";

const site = fc
  .stringMatching(/^[A-Za-z0-9_-]{1,100}$/)
  .map((text) => parseSiteName(text))
  .filter((name): name is SiteName => name !== undefined);
const day = fc.integer({ min: 0, max: 100_000 }).map((days) => utcDayOf(days * DAY_MS));

test("a key is read back as the site and day that made it", () => {
  fc.assert(
    fc.property(site, day, (name, date) => {
      expect(parseObjectKey(objectKey(name, date))).toEqual({ site: name, day: date });
    }),
  );
});

test("keys lie where the document says", () => {
  const name = parseSiteName("ses_falls_city");
  if (!name) throw new Error("not a site");
  const date = utcDayOf(Date.UTC(2024, 0, 15));
  expect(objectKey(name, date)).toBe("timeseries/2024/01/15/ses_falls_city.parquet");
  expect(dayKey(date, name)).toBe("backfill:day:2024-01-15:ses_falls_city");
  expect(errorKey("backfill_1_a", "t")).toBe("backfill:errors:backfill_1_a:t");
  expect(stateKey).toBe("backfill:state");
});

test.each([
  "timeseries/2024/02/31/a.parquet",
  "timeseries/2024/1/1/a.parquet",
  "timeseries/2024/01/01/.parquet",
  "timeseries/2024/01/01/../a.parquet",
  "timeseries/2024/01/01/a/b.parquet",
  "timeseries/2024/01/01/a.b.parquet",
  "timeseries/2024/01/01/a.parquet.tmp",
  "timeseries/2024/01/01/a.parquet\n",
  "timeseries/2024/01/01/ä.parquet",
  " timeseries/2024/01/01/a.parquet",
  "x/timeseries/2024/01/01/a.parquet",
  `timeseries/2024/01/01/${"a".repeat(101)}.parquet`,
  "timeseries/0000/00/00/a.parquet",
  "",
])("%j is nobody's key", (key) => {
  expect(parseObjectKey(key)).toBeUndefined();
});

test("no key whatever makes it throw, or yields a name outside its alphabet", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parsed = parseObjectKey(`timeseries/2024/01/01/${text}.parquet`);
      if (parsed) expect(parsed.site).toMatch(/^[A-Za-z0-9_-]{1,100}$/);
    }),
  );
});
