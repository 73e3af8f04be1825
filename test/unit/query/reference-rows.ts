import type { Aggregate, Interval } from "../../../src/contract/query.ts";
import { select } from "./select.ts";

/** What is asked of `GET /timeseries/query`. */
export interface Question {
  readonly points: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly interval: Interval;
  readonly agg: Aggregate | undefined;
}

export interface ExpectedRow {
  readonly point: string;
  readonly ms: number;
  readonly value: Expected;
}

/** `scale` is what the value of a sum, or an average, has been multiplied with, and how far from it a right one may lie. */
export type Expected =
  | { readonly kind: "identical"; readonly value: number }
  | { readonly kind: "equal"; readonly value: number }
  | {
      readonly kind: "near";
      readonly value: number;
      readonly slack: number;
      readonly scale: number;
      /** Adding may leave the doubles on its way, and so end there. */
      readonly mayOverflow: boolean;
    };

const MINUTES: Readonly<Record<Exclude<Interval, "raw">, number>> = {
  "1min": 1,
  "5min": 5,
  "15min": 15,
  "1hr": 60,
  "1day": 1_440,
};

const FOLDS: Readonly<Record<Aggregate, string>> = {
  avg: "avg(value)",
  min: "min(value)",
  max: "max(value)",
  sum: "sum(value)",
  count: "count(*)::DOUBLE",
  first: "arg_min(value, ms)",
  last: "arg_max(value, ms)",
};

/** A power of two, so that a product with it is exact; a thousand doubles of any size then have a sum. */
const SCALE = 2 ** -12;

interface Folded {
  readonly nth: number;
  readonly ms: number;
  readonly value: number;
  readonly n: number;
  /** Sums of absolute values, and of what is scaled. */
  readonly magnitude: number;
  readonly scaled: number;
  readonly scaled_magnitude: number;
}

const ASKED = `asked AS (SELECT nth, ms, value FROM samples
  JOIN (SELECT unnest($points) AS point, generate_subscripts($points, 1) AS nth) USING (point)
  WHERE ms >= $fromMs AND ms < $toMs)`;

/** The rows of the whole answer, in its order: by UTC day, then by point as asked, then by time. */
export async function expectedRows({
  points,
  fromMs,
  toMs,
  interval,
  agg,
}: Question): Promise<ExpectedRow[]> {
  const range = { points, fromMs, toMs };
  const nameOf = ({ nth }: { nth: number }) => points[nth - 1] as string;
  if (interval === "raw") {
    const rows = await select<{ nth: number; ms: number; value: number }>(
      `WITH ${ASKED} SELECT * FROM asked ORDER BY ms // 86400000, nth, ms`,
      range,
    );
    return rows.map((row) => ({
      point: nameOf(row),
      ms: row.ms,
      value: { kind: "identical", value: row.value },
    }));
  }
  const rows = await select<Folded>(
    `WITH ${ASKED}, bucketed AS (SELECT nth, ms - ms % $widthMs AS bucket, ms, value FROM asked)
      SELECT nth, bucket AS ms, ${FOLDS[agg ?? "avg"]} AS value, count(*) AS n, sum(abs(value)) AS magnitude,
        sum(value * ${SCALE}) AS scaled, sum(abs(value) * ${SCALE}) AS scaled_magnitude
      FROM bucketed GROUP BY nth, bucket ORDER BY bucket // 86400000, nth, bucket`,
    { ...range, widthMs: MINUTES[interval] * 60_000 },
  );
  return rows.map((row) => ({ point: nameOf(row), ms: row.ms, value: expectedOf(row, agg ?? "avg") }));
}

function expectedOf({ value, n, magnitude, ...row }: Folded, agg: Aggregate): Expected {
  if (agg === "first" || agg === "last") return { kind: "identical", value };
  // Which zero is the least of both is nobody's promise.
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
 * Nobody promises an order of adding, and each has its own roundings: on either side at most n, of half a unit in the
 * last place of a sum that never exceeds that of the absolute values; and two more by a division.
 */
const slackOf = (magnitude: number, n: number) => (2 * n + 4) * (magnitude * 2 ** -53) + n * Number.MIN_VALUE;

export function isRight(actual: number, expected: Expected): boolean {
  if (expected.kind === "identical") return Object.is(actual, expected.value);
  if (expected.kind === "equal") return actual === expected.value;
  if (!Number.isFinite(actual)) return expected.mayOverflow;
  return Math.abs(actual * expected.scale - expected.value) <= expected.slack;
}
