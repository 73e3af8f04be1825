/** How the samples of a site are divided into hot blocks. */

/** The level of a block: of a window, which is read often, or of an hour. */
export const WINDOW_LEVEL = 0;
export const HOUR_LEVEL = 1;
export const LEVELS = [WINDOW_LEVEL, HOUR_LEVEL] as const;
export type Level = (typeof LEVELS)[number];

/**
 * Points of a block of each level: those whose numbers are in one range of this length. Decision 26 has the measurement:
 * smaller blocks are more rows and more bytes, larger ones are more bytes for a query of one point. The blocks of a window
 * are written some six times and kept for an hour, so that they are larger.
 */
export const POINTS_A_BLOCK: Readonly<Record<Level, number>> = { [WINDOW_LEVEL]: 256, [HOUR_LEVEL]: 64 };

export function rangeOf(level: Level, number: number): number {
  return Math.floor(number / POINTS_A_BLOCK[level]);
}

/** The ranges of a site whose points have the numbers below `count`. */
export function rangesOf(level: Level, count: number): number[] {
  return Array.from({ length: Math.ceil(count / POINTS_A_BLOCK[level]) }, (_, range) => range);
}

/**
 * The longest span of a block, in milliseconds: boundaries are 30.5 s past a minute, but the first window and the first
 * hour of a day begin with the day.
 */
export const BLOCK_SPAN_MS_MAX: Readonly<Record<Level, number>> = {
  [WINDOW_LEVEL]: 930_500,
  [HOUR_LEVEL]: 3_630_500,
};

/**
 * Bytes of a block. D1 takes values of 2 MB, and a block goes there as hexadecimal text. An hour of the reference site
 * is 4 KB a block.
 */
export const BLOCK_BYTES_MAX = 900_000;
