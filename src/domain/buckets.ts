/** Samples by time bucket: what is known of each, and how buckets are made of samples and of smaller buckets. */
import { type EpochMs, HOUR_MS } from "./day.ts";
import type { Series } from "./series.ts";
import type { TimeSpan } from "./windows.ts";

/** The bucket of a time. Buckets divide time without gaps. */
export type BucketOf = (ms: EpochMs) => TimeSpan;

/** Buckets of one width, which begin at its multiples since 1970. */
export function bucketsOf(widthMs: number): BucketOf {
  return (ms) => {
    const fromMs = Math.floor(ms / widthMs) * widthMs;
    return { fromMs, toMs: fromMs + widthMs };
  };
}

/** The hours of roll-ups. */
export const hourOf = bucketsOf(HOUR_MS);

/** The numbers that are known of a bucket, in the order of the columns of a roll-up. */
export const BUCKET_FIELDS = ["count", "sum", "min", "max", "first", "last"] as const;
export type BucketField = (typeof BUCKET_FIELDS)[number];

/**
 * One point's buckets that have a sample, ascending by `ms`, the beginning of the bucket. `min` and `max` are the first
 * of equal values (-0 equals +0). `sum` is compensated; it is infinite where the samples' sum exceeds the doubles.
 */
export type BucketSeries = Readonly<Record<"ms" | BucketField, Float64Array>>;

/** The buckets of samples. */
export function summarize({ ms, value }: Series, bucketOf: BucketOf): BucketSeries {
  const builder = new BucketBuilder(bucketOf);
  for (let row = 0; row < ms.length; row++) builder.add(ms[row] as number, value[row] as number);
  return builder.take();
}

/** Larger buckets of parts, which are in order of time; a bucket may be divided among parts that follow each other. */
export function mergeBuckets(parts: Iterable<BucketSeries>, bucketOf: BucketOf): BucketSeries {
  const builder = new BucketBuilder(bucketOf);
  for (const part of parts) for (let row = 0; row < part.ms.length; row++) builder.addBucket(part, row);
  return builder.take();
}

/** The doubles of a bucket in a builder. The sum has two parts. */
const [FROM, TO, COUNT, SUM, LOST, MIN, MAX, FIRST, LAST] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const WIDTH = 9;

/** Makes buckets of samples, which are added in order of time. Its state between two samples can be saved and restored. */
export class BucketBuilder {
  readonly #bucketOf: BucketOf;
  #rows = new Float64Array(WIDTH * 24);
  #length = 0;

  constructor(bucketOf: BucketOf) {
    this.#bucketOf = bucketOf;
  }

  /** A builder that continues where another was saved. */
  static restore(saved: Uint8Array, bucketOf: BucketOf): BucketBuilder {
    const builder = new BucketBuilder(bucketOf);
    builder.#rows = new Float64Array(saved.slice().buffer);
    builder.#length = builder.#rows.length / WIDTH;
    return builder;
  }

  /** Bytes for `restore`, with every bit of the numbers. */
  save(): Uint8Array {
    return new Uint8Array(this.#rows.slice(0, this.#length * WIDTH).buffer);
  }

  /** Buckets so far. */
  get length(): number {
    return this.#length;
  }

  add(ms: EpochMs, value: number): void {
    this.#add(ms, 1, value, value, value, value, value);
  }

  /** Adds a bucket that lies in one of this builder's. */
  addBucket({ ms, count, sum, min, max, first, last }: BucketSeries, row: number): void {
    this.#add(
      ms[row] as number,
      count[row] as number,
      sum[row] as number,
      min[row] as number,
      max[row] as number,
      first[row] as number,
      last[row] as number,
    );
  }

  /** All buckets so far; the builder is empty afterwards. */
  take(): BucketSeries {
    const column = (field: number) => {
      const numbers = new Float64Array(this.#length);
      for (let row = 0; row < numbers.length; row++) numbers[row] = this.#rows[row * WIDTH + field] as number;
      return numbers;
    };
    const [sum, lost] = [column(SUM), column(LOST)];
    // Of an infinite sum, what was lost is not a number.
    for (let row = 0; row < sum.length; row++) {
      const total = sum[row] as number;
      if (Number.isFinite(total)) sum[row] = total + (lost[row] as number);
    }
    const taken = {
      ms: column(FROM),
      count: column(COUNT),
      sum,
      min: column(MIN),
      max: column(MAX),
      first: column(FIRST),
      last: column(LAST),
    };
    this.#length = 0;
    return taken;
  }

  #add(ms: EpochMs, count: number, sum: number, min: number, max: number, first: number, last: number): void {
    let at = (this.#length - 1) * WIDTH;
    if (at < 0 || ms >= (this.#rows[at + TO] as number)) at = this.#begin(ms, min, max, first);
    const rows = this.#rows;
    rows[at + COUNT] = (rows[at + COUNT] as number) + count;
    // Neumaier's compensated sum: its error does not grow with the number of values.
    const total = rows[at + SUM] as number;
    const next = total + sum;
    rows[at + LOST] =
      (rows[at + LOST] as number) +
      (Math.abs(total) >= Math.abs(sum) ? total - next + sum : sum - next + total);
    rows[at + SUM] = next;
    if (min < (rows[at + MIN] as number)) rows[at + MIN] = min;
    if (max > (rows[at + MAX] as number)) rows[at + MAX] = max;
    rows[at + LAST] = last;
  }

  /** Begins a bucket without samples; returns where it is. */
  #begin(ms: EpochMs, min: number, max: number, first: number): number {
    const at = this.#length++ * WIDTH;
    if (at === this.#rows.length) {
      const grown = new Float64Array(Math.max(WIDTH, this.#rows.length * 2));
      grown.set(this.#rows);
      this.#rows = grown;
    }
    const { fromMs, toMs } = this.#bucketOf(ms);
    this.#rows.set([fromMs, toMs, 0, 0, 0, min, max, first, first], at);
    return at;
  }
}
