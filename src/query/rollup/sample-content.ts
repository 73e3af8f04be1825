import { DAY_MS, dayStartMs } from "../../domain/day.ts";
import { firstAtOrAfter, joinSeries, NO_SAMPLES, type Series } from "../../domain/series.ts";
import { FileUnreadable, groupSamples } from "../../parquet/read/read.ts";
import { SAMPLE_KEYS } from "../../parquet/rollup/rollup.ts";
import type { DaySamples, SampleQuery } from "../source.ts";
import {
  type NeededPart,
  type PeriodDays,
  type PeriodQuery,
  type RollupContent,
  spanOf,
} from "./rollup-content.ts";
import { END_BYTES_DEFAULT, MONTH_BYTES_MAX, MONTH_DAYS_MIN, MONTHS_AHEAD_MAX } from "./rollup-limits.ts";

/** A time and a value. */
const SAMPLE_BYTES = 16;

/** Months of raw samples. A row group has samples of one point; a point with many has several, one after the other. */
export const SAMPLES: RollupContent<SampleQuery, DaySamples> = {
  resolution: "raw",
  daysMin: MONTH_DAYS_MIN,
  periodsAheadMax: MONTHS_AHEAD_MAX,
  bytesMax: MONTH_BYTES_MAX,
  endBytes: END_BYTES_DEFAULT.raw,

  rangeOf: ({ fromMs, toMs }) => ({ fromMs, toMs }),

  columnsOf(_, index, group) {
    const { timestamp, pointName, value } = index.chunks(group, SAMPLE_KEYS);
    return spanOf([timestamp, pointName, value]);
  },

  decodedBytes: (_, { index, wanted }) =>
    wanted.reduce((bytes, { group }) => bytes + SAMPLE_BYTES * index.rows(group), 0),

  gather: samplesOf,

  bytesOf: ({ series }) => series.reduce((bytes, { ms }) => bytes + SAMPLE_BYTES * ms.length, 0),
};

function samplesOf(
  { names, query: { fromMs, toMs } }: PeriodQuery<SampleQuery>,
  { index, held, wanted }: NeededPart,
): PeriodDays<DaySamples> {
  const describedMs = new Set([...index.days].map(dayStartMs));
  const parts = new Map<number, Series>();
  return {
    add({ group, names: [at = 0, ...others] }, bytesAt) {
      const bytes = { rows: index.rows(group), chunks: index.chunks(group, SAMPLE_KEYS), bytesAt };
      const [all = NO_SAMPLES] = groupSamples(bytes, [names[at] as Uint8Array], ...ALWAYS);
      if (others.length > 0 || all.ms.length < bytes.rows) {
        throw new FileUnreadable(`row group ${group} has rows of another point`);
      }
      checkTimes(all, (startMs) => describedMs.has(startMs));
      parts.set(group, within(all, fromMs, toMs));
    },
    take() {
      const points = names.map((_, point) => {
        const own = wanted.filter((each) => each.names.includes(point));
        return joinSeries(own.map(({ group }) => parts.get(group) ?? NO_SAMPLES));
      });
      // Row groups of a point may be in the wrong order.
      for (const series of points) checkTimes(series, () => true);
      return held.map((day) => {
        const startMs = dayStartMs(day);
        const series = points.map((each) => partOf(each, startMs, startMs + DAY_MS));
        return { day, state: index.emptyDays.has(day) ? "empty" : "present", tiers: ["rollup"], series };
      });
    },
  };
}

const ALWAYS = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** Throws `FileUnreadable` where times do not ascend, or are of a day of which `isDescribed` says no by its beginning. */
function checkTimes({ ms }: Series, isDescribed: (startMs: number) => boolean): void {
  let [last, endOfDay] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < ms.length; row++) {
    const at = ms[row] as number;
    if (at <= last) throw new FileUnreadable("the times of a point do not ascend");
    last = at;
    if (at < endOfDay) continue;
    const startMs = Math.floor(at / DAY_MS) * DAY_MS;
    if (!isDescribed(startMs)) throw new FileUnreadable("it has samples of a day that it does not describe");
    endOfDay = startMs + DAY_MS;
  }
}

/** A copy of the samples of [fromMs, toMs), so that the others are released; without a copy where these are all. */
function within(all: Series, fromMs: number, toMs: number): Series {
  const { ms, value } = partOf(all, fromMs, toMs);
  return ms.length === all.ms.length ? all : { ms: ms.slice(), value: value.slice() };
}

/** The samples of [fromMs, toMs), not copied. */
function partOf({ ms, value }: Series, fromMs: number, toMs: number): Series {
  const [from, to] = [firstAtOrAfter(ms, fromMs), firstAtOrAfter(ms, toMs)];
  return from === to ? NO_SAMPLES : { ms: ms.subarray(from, to), value: value.subarray(from, to) };
}
