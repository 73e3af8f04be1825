import { DAY_MS } from "./day.ts";

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  d: DAY_MS,
  day: DAY_MS,
};

/** How to write an interval, for messages and documentation. */
export const INTERVAL_FORM =
  "a whole number of seconds (s), minutes (m or min), hours (h or hr) or days (d or day) that divides a day, such as 30s, 5m, 1h or 1d";

/**
 * The milliseconds of an interval, such as 30s, 15m, 15min, 2h or 1d: it divides a day, so that each UTC day has whole
 * buckets. Or what is wrong with the text, as the end of a sentence that begins with it.
 */
export function parseInterval(text: string): number | { readonly fault: string } {
  const match = /^([1-9]\d{0,9})([a-z]+)$/.exec(text);
  const [count, unit = ""] = [Number(match?.[1]), match?.[2]];
  if (match && unit === "ms") return { fault: "is in milliseconds; the shortest interval is 1s" };
  const unitMs = Object.hasOwn(UNITS_MS, unit) ? UNITS_MS[unit] : undefined;
  if (unitMs === undefined) return { fault: `is not an interval; write ${INTERVAL_FORM}` };
  const ms = count * unitMs;
  if (ms > DAY_MS) return { fault: "is longer than a day; the longest interval is 1d" };
  if (DAY_MS % ms === 0) return ms;
  const near = [nearest(count, -1, unitMs), nearest(count, 1, unitMs)].map((whole) => `${whole}${unit}`);
  return { fault: `does not divide a day; near it are ${near.join(" and ")}` };
}

/** The next count in the direction of `step` whose interval divides a day. One unit and a whole day always do. */
function nearest(count: number, step: 1 | -1, unitMs: number): number {
  let whole = count + step;
  while (DAY_MS % (whole * unitMs) !== 0) whole += step;
  return whole;
}
