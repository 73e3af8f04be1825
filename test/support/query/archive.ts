import { DAY_MS, dayStartMs, type EpochMs, type UtcDay } from "../../../src/domain/day.ts";
import { type ObjectKey, objectKey } from "../../../src/domain/layout.ts";
import type { Series } from "../../../src/domain/series.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import type { SampleQuery } from "../../../src/query/source.ts";
import { encodeDay } from "../parquet/encode-day.ts";
import { columnsOf, type Row, referenceRows, type Sample } from "../parquet/reference.ts";

export const SITE = "site_a" as SiteName;
export const DAY = "2024-01-15" as UtcDay;
export const KEY: ObjectKey = objectKey(SITE, DAY);

/** A site-day of a test; `point` of a row is an index of `names`, which are in UTF-8 order. */
export interface DayFile {
  readonly names: readonly string[];
  readonly rows: readonly Row[];
  readonly bytes: Uint8Array;
}

export function dayFile(
  day: UtcDay,
  names: readonly string[],
  samples: readonly Sample[],
  rowGroupSize: number,
): DayFile {
  const spec = { site: SITE, dayStartMs: dayStartMs(day), names };
  return {
    names,
    rows: referenceRows(samples),
    bytes: encodeDay(spec, [columnsOf(samples)], { rowGroupSize }),
  };
}

/** `samplesEach` of every point, evenly over the day; `seed` distinguishes versions of a day. */
export function evenDay(
  day: UtcDay,
  names: readonly string[],
  samplesEach: number,
  rowGroupSize: number,
  seed = 0,
): DayFile {
  const step = Math.floor(DAY_MS / samplesEach);
  const samples = names.flatMap((_, point) =>
    Array.from({ length: samplesEach }, (_, i) => ({
      point,
      micros: (dayStartMs(day) + i * step) * 1000,
      value: seed * 1_000_000 + Math.fround(Math.sin(point + 7 * i)),
    })),
  );
  return dayFile(day, names, samples, rowGroupSize);
}

export const namesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => `site_a/floor_1/vav_${String(i).padStart(5, "0")}/temperature`);

/** The queried rows of a day, as plain arrays. */
export function rowsOf(file: DayFile, points: readonly string[], fromMs: EpochMs, toMs: EpochMs) {
  return points.map((name) => {
    const rows = file.rows.filter(
      ({ point, timestampMs }) => file.names[point] === name && timestampMs >= fromMs && timestampMs < toMs,
    );
    return { ms: rows.map(({ timestampMs }) => timestampMs), value: rows.map(({ value }) => value) };
  });
}

export const plain = (series: readonly Series[]) =>
  series.map(({ ms, value }) => ({ ms: [...ms], value: [...value] }));

export const query = (points: readonly string[], fromMs: EpochMs, toMs: EpochMs): SampleQuery => ({
  site: SITE,
  points,
  fromMs,
  toMs,
});

export const wholeDay = (points: readonly string[], day: UtcDay = DAY) =>
  query(points, dayStartMs(day), dayStartMs(day) + DAY_MS);
