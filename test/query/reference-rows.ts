import type { Aggregate } from "../../src/contract/query.ts";
import { select } from "./select.ts";

/** The parameters of `GET /timeseries/query` that decide its rows. */
export interface RowQuery {
  readonly points: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly interval: "raw" | ReferenceInterval;
  readonly agg: Aggregate | undefined;
}

export interface ExpectedRow {
  readonly point: string;
  readonly ms: number;
  readonly value: Expected;
}

/** `scale` is the factor of the value of a sum or an average; `slack` is how far a correct value may be from it. */
export type Expected =
  | { readonly kind: "identical"; readonly value: number }
  | { readonly kind: "equal"; readonly value: number }
  | {
      readonly kind: "near";
      readonly value: number;
      readonly slack: number;
      readonly scale: number;
      /** Whether an intermediate sum may exceed the doubles, and so the result. */
      readonly mayOverflow: boolean;
    };

/** Intervals with their milliseconds: those of charts, others as other tools write them, and one for each kind of divisor. */
export const WIDTHS_MS = {
  "1min": 60_000,
  "5min": 300_000,
  "15min": 900_000,
  "1hr": 3_600_000,
  "1day": 86_400_000,
  "1s": 1_000,
  "27s": 27_000,
  "30s": 30_000,
  "1m": 60_000,
  "96m": 5_760_000,
  "1h": 3_600_000,
  "2h": 7_200_000,
  "8hr": 28_800_000,
  "1d": 86_400_000,
} as const;

/** Intervals of the calendar, as DuckDB names them: its weeks are those of ISO 8601, which begin on Monday. */
const CALENDAR = { "1week": "week", "1w": "week", "1month": "month", month: "month" } as const;

export type ReferenceInterval = keyof typeof WIDTHS_MS | keyof typeof CALENDAR;
export const REFERENCE_INTERVALS = [
  ...Object.keys(WIDTHS_MS),
  ...Object.keys(CALENDAR),
] as ReferenceInterval[];

/** Whether the buckets consist of whole hours, so that a roll-up has them. */
export const isOfHours = (interval: ReferenceInterval): boolean =>
  interval in CALENDAR || WIDTHS_MS[interval as keyof typeof WIDTHS_MS] % 3_600_000 === 0;

/** The start of the bucket, and of the block by which rows are ordered: a day, or the bucket where it is longer. */
function bucketSql(interval: ReferenceInterval) {
  if (!(interval in CALENDAR)) {
    const widthMs = WIDTHS_MS[interval as keyof typeof WIDTHS_MS];
    return { bucket: `ms - ms % ${widthMs}`, block: "bucket // 86400000" };
  }
  const unit = CALENDAR[interval as keyof typeof CALENDAR];
  return { bucket: `epoch_ms(date_trunc('${unit}', make_timestamp(ms * 1000)))`, block: "bucket" };
}

const AGGREGATES: Readonly<Record<Aggregate, string>> = {
  avg: "avg(value)",
  min: "min(value)",
  max: "max(value)",
  sum: "sum(value)",
  count: "count(*)::DOUBLE",
  first: "arg_min(value, ms)",
  last: "arg_max(value, ms)",
};

/** A power of two, so that products are exact; the sum of a thousand scaled doubles of any size is finite. */
const SCALE = 2 ** -12;

interface Bucket {
  readonly nth: number;
  readonly ms: number;
  readonly value: number;
  readonly n: number;
  /** Sums of absolute values, and of scaled values. */
  readonly magnitude: number;
  readonly scaled: number;
  readonly scaled_magnitude: number;
}

const QUERIED = `queried AS (SELECT nth, ms, value FROM samples
  JOIN (SELECT unnest($points) AS point, generate_subscripts($points, 1) AS nth) USING (point)
  WHERE ms >= $fromMs AND ms < $toMs)`;

/** The rows of the whole answer in its order: by UTC day (or week or month), then by the query's points, then by time. */
export async function expectedRows({
  points,
  fromMs,
  toMs,
  interval,
  agg,
}: RowQuery): Promise<ExpectedRow[]> {
  const range = { points, fromMs, toMs };
  const nameOf = ({ nth }: { nth: number }) => points[nth - 1] as string;
  if (interval === "raw") {
    const rows = await select<{ nth: number; ms: number; value: number }>(
      `WITH ${QUERIED} SELECT * FROM queried ORDER BY ms // 86400000, nth, ms`,
      range,
    );
    return rows.map((row) => ({
      point: nameOf(row),
      ms: row.ms,
      value: { kind: "identical", value: row.value },
    }));
  }
  const { bucket, block } = bucketSql(interval);
  const rows = await select<Bucket>(
    `WITH ${QUERIED}, bucketed AS (SELECT nth, ${bucket} AS bucket, ms, value FROM queried)
      SELECT nth, bucket AS ms, ${AGGREGATES[agg ?? "avg"]} AS value, count(*) AS n, sum(abs(value)) AS magnitude,
        sum(value * ${SCALE}) AS scaled, sum(abs(value) * ${SCALE}) AS scaled_magnitude
      FROM bucketed GROUP BY nth, bucket ORDER BY ${block}, nth, bucket`,
    range,
  );
  return rows.map((row) => ({ point: nameOf(row), ms: row.ms, value: expectedOf(row, agg ?? "avg") }));
}

function expectedOf({ value, n, magnitude, ...row }: Bucket, agg: Aggregate): Expected {
  if (agg === "first" || agg === "last") return { kind: "identical", value };
  // Nothing specifies which zero is the least of both.
  if (agg !== "sum" && agg !== "avg") return { kind: "equal", value };
  const divisor = agg === "avg" ? n : 1;
  const near = (value: number, magnitude: number, scale: number): Expected => ({
    kind: "near",
    value,
    slack: slackOf(magnitude, n) / divisor + Number.MIN_VALUE,
    scale,
    mayOverflow: scale !== 1 && agg === "sum",
  });
  return Number.isFinite(magnitude)
    ? near(value, magnitude, 1)
    : near(row.scaled / divisor, row.scaled_magnitude, SCALE);
}

/**
 * Nothing specifies the order of adding, and each order rounds differently: on either side at most n times, by half a unit
 * in the last place of a sum that never exceeds the sum of the absolute values; a division rounds twice more.
 */
const slackOf = (magnitude: number, n: number) => (2 * n + 4) * (magnitude * 2 ** -53) + n * Number.MIN_VALUE;

export function isRight(actual: number, expected: Expected): boolean {
  if (expected.kind === "identical") return Object.is(actual, expected.value);
  if (expected.kind === "equal") return actual === expected.value;
  if (!Number.isFinite(actual)) return expected.mayOverflow;
  return Math.abs(actual * expected.scale - expected.value) <= expected.slack;
}
