import type { EpochMs } from "./day.ts";
import { addDropped, type DroppedRows, NOTHING_DROPPED } from "./dropped-rows.ts";

/** How a site-day's samples were fetched. Varies from run to run. */
export interface Transport {
  /** Pages whose rows are counted. */
  readonly pages: number;
  /** Requests sent, with or without a response. */
  readonly requests: number;
  readonly retries: number;
  /** Rows of the day that the API sent, without those of the windows' margins. */
  readonly fetched: number;
  /** By reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Rows with a time outside the requested span. */
  readonly outside: number;
  /** Rows of points that are not configured. */
  readonly unconfigured: number;
  /** Rows that only hot storage had, or that the object before had from there; absent without any. */
  readonly fromHot?: number;
  /** Examples of the rows that were dropped; absent where an earlier version has fetched the day. */
  readonly dropped?: DroppedRows;
}

/** What the file holds. The same in every run. */
export interface Content {
  readonly written: number;
  readonly points: number;
  readonly firstTimestamp: EpochMs | null;
  readonly lastTimestamp: EpochMs | null;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface DayEvidence {
  readonly content: Content;
  readonly transport: Transport;
  readonly duplicates: number;
}

export const NOTHING_FETCHED: Transport = {
  pages: 0,
  requests: 0,
  retries: 0,
  fetched: 0,
  rejected: {},
  outside: 0,
  unconfigured: 0,
  dropped: NOTHING_DROPPED,
};

export function addTransport(a: Transport, b: Transport): Transport {
  const rejected: Record<string, number> = { ...a.rejected };
  for (const [reason, count] of Object.entries(b.rejected))
    rejected[reason] = (rejected[reason] ?? 0) + count;
  return {
    pages: a.pages + b.pages,
    requests: a.requests + b.requests,
    retries: a.retries + b.retries,
    fetched: a.fetched + b.fetched,
    rejected,
    outside: a.outside + b.outside,
    unconfigured: a.unconfigured + b.unconfigured,
    ...((a.fromHot ?? b.fromHot) !== undefined && { fromHot: (a.fromHot ?? 0) + (b.fromHot ?? 0) }),
    dropped: addDropped(a.dropped ?? NOTHING_DROPPED, b.dropped ?? NOTHING_DROPPED),
  };
}

/** `a` without the pages and rows of `b`, which is a part of it. Requests were sent, and examples stay. */
export function withoutRows(a: Transport, b: Transport): Transport {
  const rejected = Object.entries(a.rejected).map(([reason, count]) => [
    reason,
    count - (b.rejected[reason] ?? 0),
  ]);
  return {
    ...a,
    pages: a.pages - b.pages,
    fetched: a.fetched - b.fetched,
    rejected: Object.fromEntries(rejected.filter(([, count]) => count !== 0)),
    outside: a.outside - b.outside,
    unconfigured: a.unconfigured - b.unconfigured,
  };
}

/** `fetched + from_hot = written + rejected + outside + unconfigured + duplicates`; undefined where that is true. */
export function imbalance(written: number, duplicates: number, transport: Transport): string | undefined {
  const rejected = Object.values(transport.rejected).reduce((sum, count) => sum + count, 0);
  const accounted = written + rejected + transport.outside + transport.unconfigured + duplicates;
  const { fetched, fromHot } = transport;
  if (accounted === fetched + (fromHot ?? 0)) return undefined;
  const others = fromHot === undefined ? "" : ` and ${fromHot} taken from hot storage`;
  return (
    `${fetched} rows were fetched${others}, but ${accounted} are accounted for: ${written} written, ` +
    `${rejected} rejected, ${transport.outside} outside, ${transport.unconfigured} unconfigured, ` +
    `${duplicates} duplicates`
  );
}
