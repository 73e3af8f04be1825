import { ROWS_MAX } from "../contract/query.ts";
import type { UtcDay } from "../domain/day.ts";
import type { Series } from "./source.ts";

/** Samples of one day, over all points asked, that are held at once: 16 MB, and as many as a page may have rows. */
export const DAY_SAMPLES_MAX = ROWS_MAX;

/** The points asked have more samples on one day than are held at once. */
export class DayTooLarge extends Error {
  readonly kind = "day-too-large";
  readonly day: UtcDay;
  constructor(day: UtcDay, samplesMax: number) {
    super(`the points asked have more than ${samplesMax} samples on ${day}`);
    this.day = day;
  }
}

export const NO_SAMPLES: Series = { ms: new Float64Array(), value: new Float64Array() };

/** Gathers the samples of a day as they are read: each point's in order of time, the points in any. */
export class DaySeries {
  readonly #day: UtcDay;
  readonly #parts: Series[][];
  readonly #samplesMax: number;
  #samples = 0;

  constructor(day: UtcDay, points: number, samplesMax = DAY_SAMPLES_MAX) {
    this.#day = day;
    this.#parts = Array.from({ length: points }, () => []);
    this.#samplesMax = samplesMax;
  }

  /** Throws `DayTooLarge`. */
  add(point: number, part: Series): void {
    this.#samples += part.ms.length;
    if (this.#samples > this.#samplesMax) throw new DayTooLarge(this.#day, this.#samplesMax);
    if (part.ms.length > 0) this.#parts[point]?.push(part);
  }

  /** One for each point; to be taken once, for the parts are let go one after the other. */
  take(): Series[] {
    return this.#parts.map((parts, point) => {
      this.#parts[point] = [];
      return joined(parts);
    });
  }
}

function joined(parts: readonly Series[]): Series {
  const [first = NO_SAMPLES, ...others] = parts;
  // Most points lie in one row group, and need no copy.
  if (others.length === 0) return first;
  const length = parts.reduce((sum, { ms }) => sum + ms.length, 0);
  const series = { ms: new Float64Array(length), value: new Float64Array(length) };
  let at = 0;
  for (const { ms, value } of parts) {
    series.ms.set(ms, at);
    series.value.set(value, at);
    at += ms.length;
  }
  return series;
}
