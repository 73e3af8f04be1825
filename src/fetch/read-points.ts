import { createHash } from "node:crypto";
import {
  advancePoints,
  type ListedPoint,
  type PointsPageResult,
  type PointsPagination,
  pointNames,
  pointsPath,
  skippedMessage,
  startPoints,
} from "../ace/points/points.ts";
import type { Reservation } from "../object/isolate/isolate.ts";
import { ApiClient, type StatedPause } from "./api-client.ts";
import type { FailedRequest } from "./failed-request.ts";
import type { FetchContext } from "./fetch-context.ts";
import { pointListBytes } from "./point-names.ts";

/** How reading a site's list of points has ended. */
export type ReadPoints =
  | {
      readonly kind: "points";
      /** Sorted by their UTF-8 bytes, each once. */
      readonly names: readonly string[];
      /** Of all names, in UTF-16 units. */
      readonly nameBytes: number;
      /** Of the names, lower-case hex. */
      readonly hash: string;
      /** Entries without a usable name; absent where there are none. */
      readonly skipped: { readonly count: number; readonly message: string } | undefined;
      readonly requests: number;
    }
  /** There is no list, or it has no usable name although only configured points are kept. */
  | { readonly kind: "unusable"; readonly message: string }
  | StatedPause
  | { readonly kind: "failed"; readonly failed: FailedRequest; readonly page: number }
  | { readonly kind: "interrupted" };

/** The share of the reservable memory that a list starts with: 1 MiB, enough for some ten thousand points. */
const LIST_SHARE = 1 / 13;

/** A page of points has a single size. */
const POINTS_PAGE_SIZE = { size: 5_000, ceiling: 5_000, floor: 5_000, successes: 0 } as const;

/** Called with the points of each page, under the isolate's lock, while the page is in memory. Must not wait. */
export type UsePage = (points: readonly ListedPoint[]) => void;

/** Reads a site's list of points. `use` is called with the result while the list's memory is reserved. */
export async function readPoints(
  context: FetchContext,
  use: (read: ReadPoints) => void,
  usePage?: UsePage,
): Promise<void> {
  const { fence, isolate } = context;
  for (let bytes = Math.floor(isolate.reservableBytes * LIST_SHARE); ; ) {
    const memory = await isolate.reserve(context, bytes, fence.signal);
    if (!memory) return use({ kind: "interrupted" });
    try {
      const read = await readList(context, memory, usePage);
      if (!("bytesMissing" in read)) return use(read);
      // Started again with more: waiting for more with this reservation could last for ever.
      bytes = read.bytesMissing * 2;
    } finally {
      memory.release();
    }
  }
}

async function readList(
  context: FetchContext,
  memory: Reservation,
  usePage: UsePage | undefined,
): Promise<ReadPoints | { readonly bytesMissing: number }> {
  const { isolate, site } = context;
  const client = new ApiClient(context, memory);
  let pagination = startPoints();
  for (let done = false; !done; ) {
    const path = pointsPath(site, pagination);
    const decode = (body: Uint8Array): Omit<PointsPageResult, "listed"> => {
      const { listed, ...rest } = advancePoints(pagination, body);
      usePage?.(listed);
      return rest;
    };
    const { outcome } = await client.retrying(POINTS_PAGE_SIZE, () =>
      client.get(path, { besideBytes: 0, isNeeded: () => true, decode }),
    );
    switch (outcome.kind) {
      case "value":
        ({ pagination, done } = outcome.value);
        break;
      case "no-data":
        return { kind: "unusable", message: "the API has none for it" };
      case "paused":
        return outcome;
      case "failed":
        return { ...outcome, page: pagination.page };
      default:
        return { kind: "interrupted" };
    }
    // The longest lists take more than can be reserved: they are counted as all of that.
    const bytes = Math.min(
      pointListBytes(pagination.names.size, pagination.nameBytes),
      isolate.reservableBytes,
    );
    if (bytes > memory.bytes && !memory.resize(bytes)) return { bytesMissing: bytes };
  }
  return listOf(context, pagination, client.requests);
}

function listOf(
  { config, vendor }: FetchContext,
  pagination: PointsPagination,
  requests: number,
): ReadPoints {
  const names = pointNames(pagination);
  const { count } = pagination.skipped;
  const skipped =
    count === 0 ? undefined : { count, message: vendor.redact(skippedMessage(pagination.skipped)) };
  // Where everything is kept that the API sends, a site without configured points has samples all the same.
  if (names.length === 0 && config.points === "configured")
    return { kind: "unusable", message: skipped ? skipped.message : "it is empty" };
  const { nameBytes } = pagination;
  return { kind: "points", names, nameBytes, hash: hashOf(names), skipped, requests };
}

function hashOf(names: readonly string[]): string {
  const hash = createHash("sha256");
  // The length before each name: no two lists have the same text.
  for (const name of names) hash.update(`${name.length}:${name}\n`);
  return hash.digest("hex");
}
