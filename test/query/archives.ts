import fc from "fast-check";
import { addDays, DAY_MS, dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import type { Sample } from "../support/parquet/reference.ts";
import { dayFile, SITE } from "../support/query/archive.ts";
import { MemoryArchive } from "../support/query/memory-archive.ts";

const LONG = `ses/falls_city/${"x".repeat(100)}`;

/** Names that are difficult for formats, URLs, statistics and sorting, in the order of their UTF-8 bytes. */
export const NAMES: readonly string[] = [
  "a",
  "a,b",
  "aa",
  'say "hi", twice',
  "\ufeffa",
  "größe/ü",
  // The first comes after the second in UTF-16.
  "\uff5e",
  "\u{1f321}",
  "=1+1\r\nend",
  LONG,
  `${LONG}_1`,
  `${LONG}_2`,
].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** Names that no file has: similar to, before, between and after those that the files have. */
export const UNKNOWN_NAMES = [
  "A",
  "a,",
  "a\u0000",
  "\ufeff",
  `${LONG}_`,
  `${LONG}_11`,
  "\u{1f322}",
  "unknown",
];

/** A Friday. The days include a Monday, and the end of a month and of a quarter after it. */
export const FIRST_DAY = "2024-09-27" as UtcDay;
export const DAYS = 6;
export const dayAt = (nth: number): UtcDay => addDays(FIRST_DAY, nth);

/** A day of the archive. */
export interface ArchivedDay {
  /** undefined: no object. */
  readonly samples: readonly Sample[] | undefined;
  readonly rowGroupSize: number;
  /** Whether the object's metadata say how many samples it has. */
  readonly counted: boolean;
}

const QUARTER_MS = 900_000;
const LAST_MS = DAY_MS - 1;

/** Inside a day, often at the ends of the day and of buckets. */
export const timeOfDay = fc.oneof(
  fc.constantFrom(0, 1, LAST_MS - 1, LAST_MS),
  fc
    .tuple(fc.nat(DAY_MS / QUARTER_MS - 1), fc.constantFrom(0, 1, 59_999, 60_000, QUARTER_MS - 1))
    .map(([quarter, ms]) => quarter * QUARTER_MS + ms),
  fc.nat(LAST_MS),
);

export const anyValue = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -500, max: 500 }).map((tenths) => tenths / 10),
  fc.constantFrom(-0, 0, 5e-324, -5e-324, 2.225073858507201e-308, Number.MAX_VALUE, -Number.MAX_VALUE),
);

const samplesOf = (startMs: number, range: { minLength: number; maxLength: number }) =>
  fc.array(
    fc.record({
      point: fc.nat(NAMES.length - 1),
      micros: timeOfDay.map((ms) => (startMs + ms) * 1_000),
      value: anyValue,
    }),
    range,
  );

const dayOf = (nth: number): fc.Arbitrary<ArchivedDay> => {
  const startMs = dayStartMs(dayAt(nth));
  return fc.record({
    samples: fc.oneof(
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: samplesOf(startMs, { minLength: 1, maxLength: 1 }) },
      { weight: 4, arbitrary: samplesOf(startMs, { minLength: 2, maxLength: 80 }) },
    ),
    rowGroupSize: fc.constantFrom(1, 2, 3, 7, 20, 10_000),
    counted: fc.boolean(),
  });
};

export const anyArchive: fc.Arbitrary<readonly ArchivedDay[]> = fc.tuple(
  ...Array.from({ length: DAYS }, (_, nth) => dayOf(nth)),
);

export const OTHER_SITE = "site_b" as SiteName;

/** A day on which every point has so many samples, evenly from the first to the last millisecond. */
export function fullDay(nth: number, samplesEach: number, rowGroupSize: number, seed = 0): ArchivedDay {
  const startMs = dayStartMs(dayAt(nth));
  const samples = NAMES.flatMap((_, point) =>
    Array.from({ length: samplesEach }, (_, i) => ({
      point,
      micros: (startMs + Math.floor((i * LAST_MS) / (samplesEach - 1))) * 1_000,
      // Without a pattern, so that a file can't be compressed well.
      value: seed * 1_000 + Math.sin(point * 7_919 + i * (nth + 1)),
    })),
  );
  return { samples, rowGroupSize, counted: true };
}

/** The times of all samples. */
export const timesOf = (days: readonly ArchivedDay[]) =>
  days.flatMap(({ samples = [] }) => samples.map(({ micros }) => micros / 1_000));

/** The objects of `days`, and some of another site with the same points. */
export function bucketOf(days: readonly ArchivedDay[]): MemoryArchive {
  const bucket = new MemoryArchive();
  days.forEach(({ samples, rowGroupSize, counted }, nth) => {
    const day = dayAt(nth);
    if (nth % 3 === 0) {
      const foreign = [{ point: 0, micros: dayStartMs(day) * 1_000, value: 99 }];
      bucket.place(objectKey(OTHER_SITE, day), dayFile(day, NAMES, foreign, 5).bytes, { record_count: "1" });
    }
    if (!samples) return;
    const file = dayFile(day, NAMES, samples, rowGroupSize);
    const metadata = counted ? { record_count: String(file.rows.length) } : {};
    bucket.place(objectKey(SITE, day), file.bytes, metadata);
  });
  return bucket;
}
