import { dayStartMs } from "../../src/domain/day.ts";
import { mix, seedOf } from "../chance.ts";
import type { DayPlan } from "./building-options.ts";
import { planSchedule, type Schedule, type Tick } from "./row-schedule.ts";
import { momentAt, oddToken, valueToken } from "./signals.ts";
import type { DayTable, JsonToken } from "./site-data.ts";

/** A day of the shape `bursts`: thousands of rows share a timestamp, and come in the order of the points. */
export function burstsDay({ day, points, seed, options }: DayPlan): DayTable {
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
          ? oddToken(jitter)
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
