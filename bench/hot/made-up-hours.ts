import { DAY_MS } from "../../src/domain/day.ts";
import { madeUpRuns, REFERENCE_NAMES, REFERENCE_SAMPLES, randomOf } from "../data/data.ts";

export const DAY_START_MS = Date.UTC(2024, 0, 15);
export const POINTS = REFERENCE_NAMES.length;

/** A share of the samples is shown late by the API, by up to two hours; all others a minute after their time. */
const LATE_SHARE = 0.02;
const LATE_MS_MAX = 2 * 3_600_000;
const USUAL_DELAY_MS = 60_000;

/** A made-up reference day from its start on, by point and then by time. */
export interface MadeUpSamples {
  readonly length: number;
  readonly point: Uint32Array;
  /** Milliseconds of the day. */
  readonly ms: Int32Array;
  readonly value: Float64Array;
  /** Milliseconds of the day from which on the API shows the sample. */
  readonly shownMs: Int32Array;
}

/** The first `hours` of the day. Every other point's samples are up to `irregularMs` off their interval. */
export function madeUpSamples(hours: number, irregularMs: number): MadeUpSamples {
  const day = { samples: REFERENCE_SAMPLES, points: POINTS, dayStartMs: DAY_START_MS, lateMs: irregularMs };
  const rows: number[][] = Array.from({ length: POINTS }, () => []);
  const endMs = (DAY_MS * hours) / 24;
  let length = 0;
  for (const run of madeUpRuns(day)) {
    const firstMs = Math.floor((run.micros[0] as number) / 1_000) - DAY_START_MS;
    if (firstMs > endMs + irregularMs + 1_000) break;
    for (let row = 0; row < run.length; row += 1) {
      const ms = Math.floor((run.micros[row] as number) / 1_000) - DAY_START_MS;
      if (ms >= endMs) continue;
      rows[run.point[row] as number]?.push(ms, run.value[row] as number);
      length += 1;
    }
  }
  const samples = {
    length,
    point: new Uint32Array(length),
    ms: new Int32Array(length),
    value: new Float64Array(length),
    shownMs: new Int32Array(length),
  };
  const random = randomOf(7);
  let at = 0;
  rows.forEach((own, point) => {
    for (let i = 0; i < own.length; i += 2, at += 1) {
      const ms = own[i] as number;
      samples.point[at] = point;
      samples.ms[at] = ms;
      samples.value[at] = own[i + 1] as number;
      samples.shownMs[at] = ms + (random() < LATE_SHARE ? random() * LATE_MS_MAX : USUAL_DELAY_MS);
    }
  });
  return samples;
}
