import { POINT_NAMES_BYTES_MAX, POINTS_MAX } from "../../domain/limits.ts";
import { sortNames } from "../../domain/point-name.ts";
import type { PointFields } from "../../domain/point-row.ts";
import type { SiteName } from "../../domain/site.ts";
import { protocolFault } from "../faults.ts";
import { POINTS_PAGES_MAX, POINTS_PER_PAGE } from "../limits.ts";
import { parseJsonObject } from "../page/page.ts";
import { readFields } from "./point-fields.ts";
import { addSkipped, NOTHING_SKIPPED, readName, type SkippedEntries } from "./usable-name.ts";

export { type SkippedEntries, skippedMessage } from "./usable-name.ts";

/** How far a site's list of points has been read. */
export interface PointsPagination {
  /** The page to request next, from 1. */
  readonly page: number;
  /** Items so far, repeated ones included: what the vendor's `total` counts. */
  readonly items: number;
  readonly names: ReadonlySet<string>;
  readonly nameBytes: number;
  /** Entries without a usable name, which stop nothing: the other points have samples all the same. */
  readonly skipped: SkippedEntries;
}

/** A point as a page of the list has it. */
export interface ListedPoint {
  readonly name: string;
  /** Read from the page when it is called: most callers need names alone. */
  fields(): PointFields;
}

export interface PointsPageResult {
  readonly pagination: PointsPagination;
  readonly done: boolean;
  /** The points of this page, in its order. They keep the page in memory. */
  readonly listed: readonly ListedPoint[];
}

export function startPoints(): PointsPagination {
  return { page: 1, items: 0, names: new Set(), nameBytes: 0, skipped: NOTHING_SKIPPED };
}

/** The path of the next page of a site's configured points. */
export function pointsPath(site: SiteName, { page }: PointsPagination): string {
  return `sites/${site}/configured_points?page=${page}&per_page=${POINTS_PER_PAGE}`;
}

/**
 * Adds a page of `configured_points`. The list ends with an empty page, a short page, or exactly at `total`; `pages`
 * is ignored because it can be null. Entries without a usable name are skipped and counted. Throws `VendorFault`: as
 * `parseJsonObject` does, and "protocol" for JSON that isn't a page, a page that repeats, and a list over its bounds.
 */
export function advancePoints(pagination: PointsPagination, bytes: Uint8Array): PointsPageResult {
  const body = parseJsonObject(bytes);
  const { items, total, per_page: perPage } = body;
  if (!Array.isArray(items)) throw protocolFault("the list of points has no array items");
  const names = new Set(pagination.names);
  const listed: ListedPoint[] = [];
  let { nameBytes, skipped } = pagination;
  for (const [index, item] of (items as readonly unknown[]).entries()) {
    const read = readName(item);
    if (read.kind === "unusable") {
      skipped = addSkipped(skipped, pagination.items + index + 1, item, read.reason);
      continue;
    }
    if (!names.has(read.name)) nameBytes += read.bytes;
    names.add(read.name);
    listed.push({ name: read.name, fields: () => readFields(item as object) });
  }
  const entries = names.size + skipped.count;
  if (entries > POINTS_MAX || nameBytes > POINT_NAMES_BYTES_MAX) {
    throw protocolFault("the site has too many points", { entries, nameBytes });
  }
  const count = pagination.items + items.length;
  // A server that sends smaller pages than were requested states their size, so that a full page isn't taken for a
  // short page.
  const full =
    typeof perPage === "number" && perPage > 0 ? Math.min(perPage, POINTS_PER_PAGE) : POINTS_PER_PAGE;
  // A total that has been exceeded is wrong: it would cut off the list.
  const done = items.length < full || count === total;
  // A page of skipped entries alone may be followed by points; the bound on entries ends such a list.
  const named = items.length > skipped.count - pagination.skipped.count;
  if (!done && named && names.size === pagination.names.size)
    throw protocolFault("a page of points repeats", { page: pagination.page });
  if (!done && pagination.page >= POINTS_PAGES_MAX) {
    throw protocolFault("the list of points does not end", {
      page: pagination.page,
      pagesMax: POINTS_PAGES_MAX,
    });
  }
  return { done, listed, pagination: { page: pagination.page + 1, items: count, names, nameBytes, skipped } };
}

/** All names of the list, each once, in the order of their UTF-8 bytes: a name's index is its point id. */
export function pointNames({ names }: PointsPagination): string[] {
  return sortNames(names);
}
