/** What a reader has answered, and what that took. */
export interface ReaderCost {
  readonly requests: number;
  readonly bytes: number;
  readonly cpuSeconds: number;
  readonly rows: number;
  /** The sum of the rows' milliseconds since the begin of the query. */
  readonly times: number;
  readonly values: number;
}

/** Sums over the rows of an answer, by which answers are compared. */
export type RowSums = Pick<ReaderCost, "rows" | "times" | "values">;

/** Whether answers have as many rows, and the same times and values but for the order of addition. */
export const sameRows = (first: RowSums, others: readonly RowSums[]): boolean =>
  others.every(
    ({ rows, times, values }) =>
      rows === first.rows && isClose(times, first.times) && isClose(values, first.values),
  );

const isClose = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));

/** A query of averages by the interval, or of samples where there is none. */
export interface ReaderQuery {
  readonly points: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly widthMs: number | undefined;
}

/** User and system of this process, in seconds. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
