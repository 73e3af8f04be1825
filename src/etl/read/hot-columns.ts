import type { SampleColumns } from "../../domain/samples.ts";
import type { HotColumns } from "../../hot/hot.ts";

/**
 * Turns samples sorted by `sortRun` into rows of hot storage: one for each point and millisecond. The latest microsecond
 * counts, and at the same microsecond the greater value, as in the archive's files.
 */
export function toHotColumns({ length, point, micros, value }: SampleColumns): {
  readonly columns: HotColumns;
  /** Samples that another sample of the same millisecond replaces. */
  readonly duplicates: number;
} {
  const ms = new Float64Array(length);
  const number = new Uint32Array(length);
  const values = new Float64Array(length);
  let rows = 0;
  for (let row = 0; row < length; row++) {
    const at = Math.floor((micros[row] as number) / 1_000);
    const of = point[row] as number;
    // Sorted, so that a later row of the same millisecond is the one that counts.
    if (rows > 0 && number[rows - 1] === of && ms[rows - 1] === at) rows -= 1;
    number[rows] = of;
    ms[rows] = at;
    values[rows] = value[row] as number;
    rows += 1;
  }
  return { columns: { length: rows, number, ms, value: values }, duplicates: length - rows };
}
