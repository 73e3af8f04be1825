import type { EpochMicros } from "./day.ts";

/**
 * Samples as parallel columns; no object per sample. `point` is the index of the point's name in the
 * site's configured points sorted by UTF-8 bytes, so ordering by id is ordering by name.
 */
export interface SampleColumns {
  /** Rows in use; the arrays may be longer. */
  readonly length: number;
  readonly point: Uint32Array;
  /** Microseconds since the epoch. */
  readonly micros: Float64Array;
  readonly value: Float64Array;
}

/** A half-open span of time, [from, to). */
export interface Span {
  readonly fromMicros: EpochMicros;
  readonly toMicros: EpochMicros;
}
