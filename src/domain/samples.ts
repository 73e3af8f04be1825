import type { EpochMicros } from "./day.ts";

/**
 * Samples as parallel columns; no object per sample. `point` is the index of the point's name in the
 * site's configured points sorted by UTF-8 bytes, so ordering by id is ordering by name. Points that are not configured
 * have the ids after those, in the order in which they came.
 */
export interface SampleColumns {
  /** Rows in use; the arrays may be longer. */
  readonly length: number;
  readonly point: Uint32Array;
  /** Microseconds since the epoch. */
  readonly micros: Float64Array;
  readonly value: Float64Array;
}

export function newColumns(length: number): SampleColumns {
  return {
    length,
    point: new Uint32Array(length),
    micros: new Float64Array(length),
    value: new Float64Array(length),
  };
}

/** Copies the rows in use into `to`, from `row` on. */
export function copyRows(from: SampleColumns, to: SampleColumns, row: number): void {
  to.point.set(from.point.subarray(0, from.length), row);
  to.micros.set(from.micros.subarray(0, from.length), row);
  to.value.set(from.value.subarray(0, from.length), row);
}

/** A half-open span of time, [from, to). */
export interface Span {
  readonly fromMicros: EpochMicros;
  readonly toMicros: EpochMicros;
}
