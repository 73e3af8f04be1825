import type { Row } from "./truth.ts";

/** A row of a roll-up: one point and hour. */
export interface HourRow {
  readonly timestamp: number;
  readonly point_name: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly first: number;
  readonly last: number;
  readonly site_name: string;
}

const HOUR_MS = 3_600_000;

/**
 * What is wrong with the rows of a roll-up: it must have exactly the hours of the samples, in order of name (UTF-8) and
 * time. A second, slow and simple implementation, which uses nothing of `src`.
 */
export function hourFaults(found: readonly HourRow[], samples: readonly Row[]): string[] {
  const hours = new Map<string, Row[]>();
  for (const row of samples) {
    const key = JSON.stringify([row.point_name, Math.floor(row.timestamp / HOUR_MS) * HOUR_MS]);
    hours.set(key, [...(hours.get(key) ?? []), row]);
  }
  const faults: string[] = [];
  let before: HourRow | undefined;
  for (const row of found) {
    const key = JSON.stringify([row.point_name, Number(row.timestamp)]);
    const of = (hours.get(key) ?? []).sort((a, b) => a.timestamp - b.timestamp);
    hours.delete(key);
    if (before && compare(before, row) >= 0) faults.push(`${key} is not in order`);
    before = row;
    faults.push(...rowFaults(row, of).map((fault) => `${key}: ${fault}`));
  }
  return [...faults, ...[...hours.keys()].map((key) => `${key} is missing`)];
}

function compare(a: HourRow, b: HourRow): number {
  return (
    Buffer.compare(Buffer.from(a.point_name), Buffer.from(b.point_name)) ||
    Number(a.timestamp) - Number(b.timestamp)
  );
}

function rowFaults(row: HourRow, samples: readonly Row[]): string[] {
  const [head, tail] = [samples[0], samples.at(-1)];
  if (!head || !tail) return ["there are no samples"];
  const values = samples.map(({ value }) => value);
  const expected = {
    count: samples.length,
    // The first of equal values: -0 equals 0.
    min: values.find((value) => values.every((other) => value <= other)),
    max: values.find((value) => values.every((other) => value >= other)),
    first: head.value,
    last: tail.value,
    site_name: head.site_name,
  };
  const wrong = Object.entries(expected).filter(([field, value]) => {
    const own = row[field as keyof HourRow];
    return !Object.is(field === "count" ? Number(own) : own, value);
  });
  return [
    ...wrong.map(([field, value]) => `${field} is ${row[field as keyof HourRow]} instead of ${value}`),
    ...(isSum(row.sum, values)
      ? []
      : [`sum is ${row.sum} instead of about ${values.reduce((a, b) => a + b)}`]),
  ];
}

/** Whether the error is within two units of the last place of the exact sum; an overflow is infinite. */
function isSum(sum: number, values: readonly number[]): boolean {
  const exact = values.reduce((total, value) => total + scaled(value), 0n);
  if (!Number.isFinite(sum)) return magnitude(exact) >= magnitude(scaled(Number.MAX_VALUE)) / 2n;
  const error = magnitude(scaled(sum) - exact);
  return (
    error <=
    (magnitude(exact) >> 51n) + magnitude(values.reduce((all, v) => all + magnitude(scaled(v)), 0n) >> 100n)
  );
}

const magnitude = (value: bigint) => (value < 0n ? -value : value);

/** A double as a whole number of the least of all doubles. */
function scaled(value: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  const exponent = (bits >> 52n) & 0x7ffn;
  const mantissa = (bits & 0xf_ffff_ffff_ffffn) | (exponent === 0n ? 0n : 1n << 52n);
  const whole = mantissa << (exponent === 0n ? 0n : exponent - 1n);
  return bits >> 63n === 1n ? -whole : whole;
}
