import { POINT_NAME_BYTES_MAX, POINT_NAMES_BYTES_MAX, POINTS_MAX } from "../../domain/limits.ts";
import { protocolFault } from "../faults.ts";
import { POINTS_PAGES_MAX, POINTS_PER_PAGE } from "../limits.ts";
import { parseJsonObject } from "../page/json.ts";
import { byUtf8 } from "./utf8-order.ts";

/** How far a site's list of points has been read. */
export interface PointsWalk {
  /** The page to ask for next, from 1. */
  readonly page: number;
  /** Items so far, repeated ones included: what the vendor's `total` counts. */
  readonly items: number;
  readonly names: ReadonlySet<string>;
  readonly nameBytes: number;
}

export interface PointsStep {
  readonly walk: PointsWalk;
  readonly done: boolean;
}

export function startPoints(): PointsWalk {
  return { page: 1, items: 0, names: new Set(), nameBytes: 0 };
}

/**
 * Takes in one page of `configured_points`. The list ends with an empty page, a short one, or exactly at `total`;
 * `pages` is not looked at, for it can be null. Throws `VendorFault`: as `parseJsonObject` does, and "protocol"
 * for a page that is none, a point without a usable name, a page that repeats, and a list over its bounds.
 */
export function stepPoints(walk: PointsWalk, bytes: Uint8Array): PointsStep {
  const body = parseJsonObject(bytes);
  const { items, total, per_page: perPage } = body;
  if (!Array.isArray(items)) throw protocolFault("the list of points has no array items");
  const names = new Set(walk.names);
  let nameBytes = walk.nameBytes;
  for (const item of items as readonly unknown[]) {
    const { name, bytes } = readName(item);
    if (!names.has(name)) nameBytes += bytes;
    names.add(name);
  }
  if (names.size > POINTS_MAX || nameBytes > POINT_NAMES_BYTES_MAX) {
    throw protocolFault("the site has too many points", { points: names.size, nameBytes });
  }
  const count = walk.items + items.length;
  // A server that gives less a page than it was asked for says so: its full page is not a short one.
  const full =
    typeof perPage === "number" && perPage > 0 ? Math.min(perPage, POINTS_PER_PAGE) : POINTS_PER_PAGE;
  // A total that has been passed is none: believed, it would cut the list off.
  const done = items.length < full || count === total;
  if (!done && names.size === walk.names.size)
    throw protocolFault("a page of points repeats", { page: walk.page });
  if (!done && walk.page >= POINTS_PAGES_MAX) {
    throw protocolFault("the list of points has no end", { page: walk.page, pagesMax: POINTS_PAGES_MAX });
  }
  return { done, walk: { page: walk.page + 1, items: count, names, nameBytes } };
}

/** Every name once, in the order of their UTF-8 bytes: a name's index is its point id. */
export function pointNames(walk: PointsWalk): string[] {
  return sortNames(walk.names);
}

/** Names in the order of their UTF-8 bytes, each once. */
export function sortNames(names: Iterable<string>): string[] {
  return [...new Set(names)].sort(byUtf8);
}

const encoder = new TextEncoder();

function readName(item: unknown): { name: string; bytes: number } {
  const name = typeof item === "object" && item !== null ? (item as { name?: unknown }).name : undefined;
  if (typeof name !== "string" || name === "") throw protocolFault("a point has no name");
  // Half a surrogate pair has no UTF-8: two such names would become one in the file.
  if (!name.isWellFormed()) throw protocolFault("a point's name is not well-formed Unicode");
  const bytes = encoder.encode(name).length;
  if (bytes > POINT_NAME_BYTES_MAX) {
    throw protocolFault("a point's name is too long", { bytes, bytesMax: POINT_NAME_BYTES_MAX });
  }
  return { name, bytes };
}
