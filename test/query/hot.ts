import fc from "fast-check";
import { dayStartMs, utcDayOf } from "../../src/domain/day.ts";
import { SITE } from "../support/query/archive.ts";
import { SqliteHot } from "../support/query/sqlite-hot.ts";
import { type ArchivedDay, anyValue, dayAt, NAMES, OTHER_SITE, timeOfDay } from "./archives.ts";

interface HotSample {
  readonly point: number;
  readonly ms: number;
  readonly value: number;
}

/** What hot has of a site, also of days before the boundary. */
export interface HotRows {
  readonly samples: readonly HotSample[];
  /** By the number of the day: whether it is whole; undefined: the day has no row. */
  readonly whole: readonly (boolean | undefined)[];
}

/** Samples that only hot has, and for some of the archive's samples another value at the same millisecond. */
export function anyHot(
  days: readonly ArchivedDay[],
  firstDay: number,
  lastDay: number,
): fc.Arbitrary<HotRows> {
  const own = fc.record({
    point: fc.nat(NAMES.length - 1),
    ms: fc
      .tuple(fc.integer({ min: firstDay, max: lastDay }), timeOfDay)
      .map(([nth, ms]) => dayStartMs(dayAt(nth)) + ms),
    value: anyValue,
  });
  const archived = days.slice(firstDay).flatMap(({ samples = [] }) => samples);
  const echoes = fc
    .subarray(archived)
    .map((all) => all.map(({ point, micros }, nth) => ({ point, ms: micros / 1_000, value: 777.25 + nth })));
  return fc
    .record({
      own: fc.array(own, { maxLength: 60 }),
      echoes: fc.oneof(fc.constant([]), echoes),
      whole: fc.array(fc.constantFrom(true, false, undefined), {
        minLength: lastDay + 1,
        maxLength: lastDay + 1,
      }),
    })
    .map(({ own, echoes, whole }) => ({ samples: [...own, ...echoes], whole }));
}

export function hotOf({ samples, whole }: HotRows): SqliteHot {
  const hot = new SqliteHot();
  const once = new Map(samples.map((sample) => [`${sample.point} ${sample.ms}`, sample]));
  hot.insert(OTHER_SITE, NAMES[0] as string, [[dayStartMs(dayAt(whole.length - 1)), 99]]);
  for (const { point, ms, value } of once.values()) hot.insert(SITE, NAMES[point] as string, [[ms, value]]);
  whole.forEach((isWhole, nth) => {
    if (isWhole === undefined) return;
    const day = dayAt(nth);
    hot.addDay(SITE, day, [...once.values()].filter(({ ms }) => utcDayOf(ms) === day).length, isWhole);
  });
  return hot;
}
