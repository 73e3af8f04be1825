import { dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { mix, seedOf, shuffled } from "../chance.ts";
import { type NamedPoint, namePoints } from "./names.ts";
import { planSchedule, type Schedule, type Tick } from "./row-schedule.ts";
import { momentAt, ODD_TOKENS, valueToken } from "./signals.ts";
import type { DayTable, JsonToken, ListedPoint, SiteData } from "./site-data.ts";

/** Sites of made-up or measured samples. The door of this folder. */
export { csvSite } from "./csv-site.ts";
export {
  type Burst,
  type DayTable,
  emptyDay,
  type JsonToken,
  type ListedPoint,
  lastChangeOf,
  type Present,
  type ServedRow,
  type SiteData,
  servedRows,
  siteAt,
  type TimeWindow,
  truthOf,
  withEmptyDays,
  withRecentDays,
} from "./site-data.ts";

export interface BuildingOptions {
  /** The number of points with data. */
  readonly pointsPerSite: number;
  /** The exact number of rows of every day. */
  readonly samplesPerDay: number;
  /** The share of rows that are not plain readings. */
  readonly oddShare: number;
  /** The share of rows that repeat a point within one millisecond, half of them within one microsecond. */
  readonly duplicateShare: number;
  /** The number of points with data that are not configured. */
  readonly unconfigured: number;
  /** The number of configured points without data, in addition to `pointsPerSite`. */
  readonly silent: number;
  /** Seconds between bursts; default: the longest time that gives `samplesPerDay`. */
  readonly tickSeconds?: number | undefined;
  readonly seed: number;
}

/** The day of the capacity plan: 3.74 million samples from 4,583 points, all plain readings. */
export const REFERENCE_DAY = {
  pointsPerSite: 4_583,
  samplesPerDay: 3_741_234,
  oddShare: 0,
  duplicateShare: 0,
  unconfigured: 0,
  silent: 0,
} as const;

/** A made-up building: the same seed, site and day give the same rows in every process. */
export function building(site: SiteName, options: BuildingOptions): SiteData {
  const seed = seedOf(site, options.seed);
  const named = namePoints(site, options.pointsPerSite + options.silent);
  // Rows of a burst come in point order; points are shuffled so that rows do not come in name order.
  const order = shuffled(named.length, seed);
  const points = Array.from(order, (index) => named[index]).filter((point) => point !== undefined);
  const sounding = points.slice(0, options.pointsPerSite);
  const listed = points.map(({ name }, index): ListedPoint => {
    const fromEnd = options.pointsPerSite - 1 - index;
    return { name, configured: fromEnd < 0 || fromEnd >= options.unconfigured };
  });
  return {
    site,
    names: sounding.map(({ name }) => name),
    listed: Array.from(shuffled(listed.length, seed + 1), (index) => listed[index]).filter(
      (point) => point !== undefined,
    ),
    day: (day) => buildingDay(day, sounding, seed, options),
  };
}

function buildingDay(
  day: UtcDay,
  points: readonly NamedPoint[],
  seed: number,
  options: BuildingOptions,
): DayTable {
  const schedule = planSchedule({
    points: points.length,
    samples: options.samplesPerDay,
    duplicateShare: options.duplicateShare,
    tickSeconds: options.tickSeconds,
    seed: seedOf(day, seed),
  });
  const bursts = schedule.ticks.flatMap((tick) => [
    { tick, echo: false, micros: tick.micros, rows: tick.distinct + tick.repeats },
    ...(tick.echoes > 0 ? [{ tick, echo: true, micros: tick.echoMicros, rows: tick.echoes }] : []),
  ]);
  const startMicros = dayStartMs(day) * 1000;
  const oddBelow = options.oddShare * 2 ** 32;
  return {
    day,
    micros: Float64Array.from(bursts, ({ micros }) => startMicros + micros),
    rowsIn: (index) => bursts[index]?.rows ?? 0,
    draw(index) {
      const burst = bursts[index];
      if (!burst) throw new RangeError(`${day} has no burst ${index}`);
      const reporting = reportingPoints(schedule, burst.tick, points.length);
      const rows = burst.echo ? reporting.slice(0, burst.rows) : withRepeats(reporting, burst.tick);
      return { points: rows, tokens: readings(rows, startMicros + burst.micros) };
    },
  };

  function readings(rows: Uint32Array, micros: number): JsonToken[] {
    const moment = momentAt(micros, seed);
    const tokens = new Array<JsonToken>(rows.length);
    for (let row = 0; row < rows.length; row++) {
      const point = rows[row] ?? 0;
      const own = mix(seed, point);
      // A repeated point is in another row; the row's lowest bit makes about half of the repeats differ in value.
      const jitter = mix(own ^ moment.salt, row & 1);
      tokens[row] =
        jitter < oddBelow
          ? (ODD_TOKENS[mix(jitter, 7) % ODD_TOKENS.length] ?? "null")
          : valueToken(points[point]?.signal ?? "tenths", own, moment, jitter);
    }
    return tokens;
  }
}

/** The points of a tick in ascending order: the quick points and those of the others whose turn it is. */
function reportingPoints(schedule: Schedule, tick: Tick, total: number): Uint32Array {
  const { quick } = schedule;
  const others = total - quick;
  const chosen = new Uint32Array(tick.distinct);
  let length = 0;
  for (let step = 0; step < total && length < tick.distinct; step++) {
    const point = step < quick ? step : quick + ((step - quick + tick.turn) % others);
    const gone = (point - tick.goneFrom + total) % total < tick.goneLength;
    if (!gone) chosen[length++] = point;
  }
  if (length < tick.distinct) throw new RangeError(`tick ${tick.index} has too few points`);
  return chosen.sort();
}

function withRepeats(reporting: Uint32Array, tick: Tick): Uint32Array {
  if (tick.repeats === 0) return reporting;
  const rows = new Uint32Array(reporting.length + tick.repeats);
  rows.set(reporting);
  rows.set(reporting.subarray(0, tick.repeats), reporting.length);
  return rows;
}
