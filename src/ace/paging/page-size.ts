import { PAGE_SIZES as CONFIGURABLE } from "../../domain/config.ts";
import { PAGE_SIZE_FLOOR, SUCCESSES_BEFORE_STEP_UP } from "../limits.ts";

/** The vendor's list: it answers any other `page_size` with a 400. */
export const PAGE_SIZES = [...CONFIGURABLE, 300_000, 500_000] as const;

export type PageSize = (typeof PAGE_SIZES)[number];

/** Larger pages time out or arrive truncated, as was measured, and exceed the bound on a body. */
export const PAGE_SIZE_MAX = 100_000 satisfies PageSize;

/** A page size that may be requested: of the vendor's list and at most `PAGE_SIZE_MAX`. */
export function parsePageSize(size: number): PageSize | undefined {
  return PAGE_SIZES.find((choice) => choice === size && choice <= PAGE_SIZE_MAX);
}

/** The smallest choice of at least `rows` and at most `max`. */
export function pageSizeOfAtLeast(rows: number, max: PageSize = PAGE_SIZE_MAX): PageSize | undefined {
  return PAGE_SIZES.find((choice) => choice >= rows && choice <= max);
}

/** A site's page size, between its configured size and its floor. Plain data: it is stored. */
export interface PageSizeLadder {
  readonly size: PageSize;
  /** The largest size that successes lead back to: the configured size, until a crash lowers it. */
  readonly ceiling: PageSize;
  readonly floor: PageSize;
  /** Since the last change of size. */
  readonly successes: number;
}

export function startLadder(configured: PageSize): PageSizeLadder {
  const floor = configured < PAGE_SIZE_FLOOR ? configured : PAGE_SIZE_FLOOR;
  return { size: configured, ceiling: configured, floor, successes: 0 };
}

/** A step down, after a timeout, a truncated or too large body or a 5xx; at the floor the size stays. */
export function stepDown(ladder: PageSizeLadder): PageSizeLadder {
  const smaller = PAGE_SIZES.findLast((choice) => choice < ladder.size && choice >= ladder.floor);
  return { ...ladder, size: smaller ?? ladder.size, successes: 0 };
}

/** A step down after a crash on the same work: successes do not lead back to that size. */
export function stepDownForCrash(ladder: PageSizeLadder): PageSizeLadder {
  const lower = stepDown(ladder);
  return { ...lower, ceiling: lower.size };
}

/** The ladder after a page that came whole: a step up after `SUCCESSES_BEFORE_STEP_UP` of them. */
export function pageSucceeded(ladder: PageSizeLadder): PageSizeLadder {
  if (ladder.size >= ladder.ceiling) return ladder.successes === 0 ? ladder : { ...ladder, successes: 0 };
  const successes = ladder.successes + 1;
  if (successes < SUCCESSES_BEFORE_STEP_UP) return { ...ladder, successes };
  return { ...ladder, size: pageSizeOfAtLeast(ladder.size + 1, ladder.ceiling) ?? ladder.size, successes: 0 };
}
