import type { ReaderQuery, RowSums } from "./answer.ts";

/** A row as hyparquet reads it. */
export interface Row {
  readonly timestamp: Date;
  readonly point_name: string;
  readonly value: number;
}

/** Sums of rows, or of their averages. */
export class Sums {
  readonly #query: ReaderQuery;
  readonly #buckets = new Map<string, { ms: number; sum: number; count: number }>();
  #samples = { rows: 0, times: 0, values: 0 };

  constructor(query: ReaderQuery) {
    this.#query = query;
  }

  add(rows: readonly Row[]): void {
    const { fromMs, widthMs } = this.#query;
    for (const { timestamp, point_name, value } of rows) {
      const ms = timestamp.getTime();
      if (widthMs === undefined) {
        this.#samples.rows += 1;
        this.#samples.times += ms - fromMs;
        this.#samples.values += value;
        continue;
      }
      const start = Math.floor(ms / widthMs) * widthMs;
      const key = `${point_name} ${start}`;
      const bucket = this.#buckets.get(key) ?? { ms: start, sum: 0, count: 0 };
      bucket.sum += value;
      bucket.count += 1;
      this.#buckets.set(key, bucket);
    }
  }

  result(): RowSums {
    const { fromMs, widthMs } = this.#query;
    if (widthMs === undefined) return this.#samples;
    const all = [...this.#buckets.values()];
    return {
      rows: all.length,
      times: all.reduce((total, { ms }) => total + ms - fromMs, 0),
      values: all.reduce((total, { sum, count }) => total + sum / count, 0),
    };
  }
}
