import { DAY_MS } from "../../src/domain/day.ts";
import { chance, mix } from "../chance.ts";

/**
 * When a day's rows come, and how many at once. A day is divided into equal ticks; in each tick points report
 * together, with one timestamp: in every fifth tick all points ("heavy"), in the others the quick points.
 */
export interface Schedule {
  /** The number of points that report in every tick; the others take turns in the light ticks. */
  readonly quick: number;
  readonly ticks: readonly Tick[];
}

export interface Tick {
  readonly index: number;
  /** Microseconds since the day's start. */
  readonly micros: number;
  /** Distinct points under the tick's timestamp. */
  readonly distinct: number;
  /** Rows after them that repeat a point under the same microsecond. */
  readonly repeats: number;
  /** Rows of the same points a few microseconds later, inside the same millisecond. */
  readonly echoes: number;
  readonly echoMicros: number;
  /** The first of the other points whose turn it is. */
  readonly turn: number;
  /** The first of `goneLength` neighbouring points that send nothing in this tick: a device that is off. */
  readonly goneFrom: number;
  readonly goneLength: number;
}

export interface ScheduleOptions {
  readonly points: number;
  /** The exact number of rows of the day. */
  readonly samples: number;
  readonly duplicateShare: number;
  readonly tickSeconds: number | undefined;
  readonly seed: number;
}

const TICK_SECONDS = [
  86_400, 43_200, 21_600, 14_400, 7_200, 3_600, 1_800, 900, 600, 300, 120, 60, 30, 20, 15, 10, 5, 2, 1,
];
const HEAVY_EVERY = 5;
/** The share of the points on a device that is off. */
const GONE_SHARE = 0.005;

export function planSchedule(options: ScheduleOptions): Schedule {
  const { points, samples, seed } = options;
  const seconds =
    options.tickSeconds ?? TICK_SECONDS.find((each) => points * ticksOf(each) >= samples) ?? Number.NaN;
  const count = ticksOf(seconds);
  if (!(points * count >= samples)) throw new RangeError(`${points} points can't give ${samples} rows a day`);

  const heavyTicks = Math.ceil(count / HEAVY_EVERY);
  const slack = Math.floor((points * count - samples) / count);
  // Devices are off only where the other points can make up for it, so that the day's count stays exact.
  const gone = samples < heavyTicks * points ? 0 : Math.min(Math.ceil(points * GONE_SHARE), slack);
  const goneIn = (tick: number) => (chance(seed ^ 0x60e, hourOf(tick, seconds)) < 0.5 ? gone : 0);

  const lightTicks = count - heavyTicks;
  let heavyRows = 0;
  for (let tick = 0; tick < count; tick += HEAVY_EVERY) heavyRows += points - goneIn(tick);
  const lightRows = Math.max(0, samples - heavyRows);
  const rowsIn = (tick: number) => {
    const heavy = Math.floor(tick / HEAVY_EVERY);
    if (tick % HEAVY_EVERY !== 0) return part(lightRows, lightTicks, tick - heavy - 1);
    return samples < heavyRows ? part(samples, heavyTicks, heavy) : points - goneIn(tick);
  };

  const quick = lightTicks === 0 ? 0 : Math.floor(lightRows / lightTicks);
  const duplicates = Math.round(samples * options.duplicateShare);
  const ticks: Tick[] = [];
  let turn = 0;
  for (let index = 0; index < count; index++) {
    const rows = rowsIn(index);
    if (rows === 0) continue;
    const extra = Math.min(part(duplicates, count, index), Math.floor(rows / 2));
    const repeats = index % 2 === 0 ? Math.ceil(extra / 2) : Math.floor(extra / 2);
    const micros = microsOf(index, count, seconds, seed);
    ticks.push({
      index,
      micros,
      distinct: rows - extra,
      repeats,
      echoes: extra - repeats,
      echoMicros: micros + 1 + (mix(seed ^ 0xec0, index) % (999 - (micros % 1000))),
      turn,
      goneFrom: mix(seed ^ 0x9a9, hourOf(index, seconds)) % points,
      goneLength: goneIn(index),
    });
    if (rows < points - goneIn(index)) turn = (turn + rows - extra - quick + points) % points;
  }
  return { quick, ticks };
}

const ticksOf = (seconds: number) => Math.floor(DAY_MS / 1000 / seconds);
const hourOf = (tick: number, seconds: number) => Math.floor((tick * seconds) / 3600);

/** The share of part `index` when `total` is spread evenly over `parts`: the shares add up exactly. */
function part(total: number, parts: number, index: number): number {
  return Math.floor(((index + 1) * total) / parts) - Math.floor((index * total) / parts);
}

/**
 * The first tick is at midnight, which shows whether window ends are inclusive; the last may be in the day's last
 * millisecond; a quarter of the ticks are at a full second, without a fraction.
 */
function microsOf(index: number, count: number, seconds: number, seed: number): number {
  const start = index * seconds * 1_000_000;
  if (index === 0) return start;
  if (index === count - 1 && mix(seed, 0x1a57) % 2 === 0) {
    return (index + 1) * seconds * 1_000_000 - 1000 + (mix(seed, 0x1a58) % 990);
  }
  if (mix(seed, index) % 4 === 0) return start;
  return start + (mix(seed ^ 0x715, index) % (seconds * 750)) * 1000 + (mix(seed ^ 0x716, index) % 990);
}
