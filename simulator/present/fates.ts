import type { EpochMicros, EpochMs } from "../../src/domain/day.ts";
import { chance, mix } from "../chance.ts";

/** A share of rows, and how long after its time such a row changes. Short times are as frequent as long ones. */
export interface Change {
  readonly share: number;
  readonly msMin: number;
  readonly msMax: number;
}

/** Which rows of a site change after their time, and how. The shares add up to at most 1. */
export interface Changes {
  /** Rows that appear late. */
  readonly late: Change;
  /** Rows that have a wrong value at first. */
  readonly corrected: Change;
  /** Rows that are gone after a while. */
  readonly vanishing: Change;
}

/** What happens to a row after its time, and when. */
export interface Fate {
  readonly kind: keyof Changes;
  readonly at: EpochMs;
}

/** The fates of the rows of one timestamp, by point: a pure function of seed, point and time. */
export function fatesAt(
  changes: Changes,
  seed: number,
  micros: EpochMicros,
): (point: number) => Fate | undefined {
  const { late, corrected, vanishing } = changes;
  const lateBelow = late.share;
  const correctedBelow = lateBelow + corrected.share;
  const vanishingBelow = correctedBelow + vanishing.share;
  const moment = mix(seed ^ Math.floor(micros / 1_000_000), micros % 1_000_000);
  return (point) => {
    const drawn = chance(moment, point);
    // Most rows leave here, before anything but one random number is computed.
    if (drawn >= vanishingBelow) return undefined;
    const kind = drawn < lateBelow ? "late" : drawn < correctedBelow ? "corrected" : "vanishing";
    const { msMin, msMax } = changes[kind];
    const ms = msMin * (msMax / msMin) ** chance(moment ^ 0x1a7e, point);
    return { kind, at: micros / 1000 + ms };
  };
}

/** What the API shows of a row at a time: nothing, its value, or a wrong value. */
export function shownAt(fate: Fate, now: EpochMs): "nothing" | "value" | "wrong value" {
  const isBefore = now < fate.at;
  switch (fate.kind) {
    case "late":
      return isBefore ? "nothing" : "value";
    case "corrected":
      return isBefore ? "wrong value" : "value";
    case "vanishing":
      return isBefore ? "value" : "nothing";
    default:
      return fate.kind satisfies never;
  }
}
