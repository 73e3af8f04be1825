import type { EpochMicros } from "../../domain/day.ts";
import type { TimeGroup } from "../page/time-runs.ts";

/**
 * The timestamp in which the last page ended, and every point seen at it so far, over all of its pages.
 * As long as no point comes twice, the rows received are as many different ones as were asked for, whatever
 * became of their order: none is missing. A point that comes twice says that one may be.
 */
export interface Border {
  readonly micros: EpochMicros;
  readonly nameHashes: ReadonlySet<number>;
}

/** Whether a point seen before the border comes again, with the same timestamp, behind it. */
export function repeatsAcross(border: Border | undefined, first: TimeGroup | undefined): boolean {
  if (border === undefined || first?.micros !== border.micros) return false;
  return first.nameHashes.some((hash) => border.nameHashes.has(hash));
}

/** The border after a page that ends in `last`. */
export function borderAfter(border: Border | undefined, last: TimeGroup): Border {
  if (border?.micros !== last.micros) return { micros: last.micros, nameHashes: new Set(last.nameHashes) };
  return { micros: last.micros, nameHashes: new Set([...border.nameHashes, ...last.nameHashes]) };
}
