/** How the samples of a site are divided into hot blocks. */
import { dayStartMs, type EpochMs, utcDayOf } from "../../domain/day.ts";

/** The level of a block: of a window, which is read often, or of an hour. */
export const WINDOW_LEVEL = 0;
export const HOUR_LEVEL = 1;
export const LEVELS = [WINDOW_LEVEL, HOUR_LEVEL] as const;
export type Level = (typeof LEVELS)[number];

/**
 * Points of a block: those whose numbers are in one range of this length. Decision 26 has the measurement: smaller
 * blocks are more rows and more bytes, larger ones are more bytes for a query of one point.
 */
export const POINTS_A_BLOCK = 128;

export function rangeOf(number: number): number {
  return Math.floor(number / POINTS_A_BLOCK);
}

/** The ranges of a site whose points have the numbers below `count`. */
export function rangesOf(count: number): number[] {
  return Array.from({ length: Math.ceil(count / POINTS_A_BLOCK) }, (_, range) => range);
}

/** The longest span of a block: boundaries are 30.5 s past a minute, but a day's first hour begins with the day. */
export const BLOCK_SPAN_MS_MAX = 3_630_500;

/** Blocks and windows with samples from `ms` on begin at this time or later. They never cross a day's border. */
export function firstStartFor(ms: EpochMs): EpochMs {
  return Math.max(dayStartMs(utcDayOf(ms)), ms - BLOCK_SPAN_MS_MAX + 1);
}

/** A half-open span of time in milliseconds. */
export interface TimeSpan {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

export const HOUR_MS = 3_600_000;

/**
 * Bytes of a block. D1 takes values of 2 MB, and a block goes there as hexadecimal text. An hour of the reference site
 * is 15 KB a block.
 */
export const BLOCK_BYTES_MAX = 900_000;
