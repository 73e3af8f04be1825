import type { EpochMicros } from "../../domain/day.ts";
import type { TimeGroup } from "../page/page.ts";

/**
 * The timestamp in which the last page ended, and every point seen at it so far, over all of its pages. As long as
 * no point comes twice, as many different rows came as were requested, in whatever order: none is missing. A point
 * that comes twice means that another may be missing.
 */
export interface PageBoundary {
  readonly micros: EpochMicros;
  readonly nameHashes: ReadonlySet<number>;
}

/** Whether a point seen before the boundary comes again after it, with the same timestamp. */
export function repeatsAcross(boundary: PageBoundary | undefined, first: TimeGroup | undefined): boolean {
  if (boundary === undefined || first?.micros !== boundary.micros) return false;
  return first.nameHashes.some((hash) => boundary.nameHashes.has(hash));
}

/** The boundary after a page that ends in `last`. */
export function boundaryAfter(
  boundary: PageBoundary | undefined,
  { micros, nameHashes }: TimeGroup,
): PageBoundary {
  const before = boundary?.micros === micros ? boundary.nameHashes : [];
  return { micros, nameHashes: new Set([...before, ...nameHashes]) };
}
