import type { EpochMicros } from "../../domain/day.ts";
import { formatNaiveTime, parseTime } from "../../domain/time.ts";
import { protocolFault, type VendorFault } from "../faults.ts";
import type { SamplesPage } from "../page/page.ts";

/** A place in the vendor's order: so many rows into a timestamp. */
export interface Place {
  readonly offset: number;
  /** As the vendor wrote it, to be sent back the same. */
  readonly timestamp: string;
  readonly micros: EpochMicros;
}

/** The vendor's own form, base64 of Python's JSON, spaces included: a right server's cursor is identical. */
export function encodeCursor(offset: number, timestamp: string): string {
  return btoa(`{"offset": ${offset}, "timestamp": "${timestamp}"}`);
}

/** The place a cursor of the vendor's form stands for; undefined for any other, which is opaque to us. */
export function decodeCursor(text: string): Place | undefined {
  const fields = decodeJson(text);
  if (fields === undefined || Object.keys(fields).length !== 2) return undefined;
  const { offset, timestamp } = fields;
  if (typeof offset !== "number" || !Number.isSafeInteger(offset) || offset < 0) return undefined;
  // Nanoseconds would be cut to one microsecond and two timestamps taken for one: not a form we can count in.
  if (typeof timestamp !== "string" || /\.\d{7}/.test(timestamp)) return undefined;
  const micros = parseTime(timestamp);
  return micros === undefined ? undefined : { offset, timestamp, micros };
}

/**
 * The cursor that follows `page`, which was asked for with `sent` (null: the window's first). The server
 * counts the rows of the last timestamp on this page only and forgets the offset that came in, so inside one
 * timestamp the sum is ours. Opaque cursors pass unread. A cursor that would not lead on is a fault.
 */
export function nextCursor(sent: string | null, page: SamplesPage): string | VendorFault {
  const given = page.nextCursor;
  if (given === null) return protocolFault("the page gives no cursor");
  const server = decodeCursor(given);
  const from = sent === null ? undefined : decodeCursor(sent);
  if (page.rows === 0) return afterEmptyPage(sent, from, given, server);
  if (server === undefined) {
    return given === sent ? protocolFault("the cursor is the one that was sent", { cursor: given }) : given;
  }
  const next = placeAfter(from, page, server);
  if (from !== undefined && !isAfter(next, from)) {
    return protocolFault("the walk does not advance", { from: from.timestamp, to: next.timestamp });
  }
  const right = next.offset === server.offset && next.timestamp === server.timestamp;
  return right ? given : encodeCursor(next.offset, next.timestamp);
}

/**
 * An empty page may hand back the cursor that was sent (ask again: the walk bounds how often) or point ahead.
 * Of a timestamp ahead no row has been seen, whatever the offset claims, so it is read from its first.
 */
function afterEmptyPage(
  sent: string | null,
  from: Place | undefined,
  given: string,
  server: Place | undefined,
): string | VendorFault {
  if (server === undefined) return given;
  if (from === undefined || server.micros > from.micros) return encodeCursor(0, server.timestamp);
  if (sent !== null && server.micros === from.micros) return sent;
  return protocolFault("an empty page leads back", { from: from.timestamp, to: server.timestamp });
}

function placeAfter(from: Place | undefined, page: SamplesPage, server: Place): Place {
  const { last } = page;
  // Rows whose time we can't read end the page: only the server knows the timestamp they belong to.
  if (last === undefined || (last.unreadAfter > 0 && server.micros > last.micros)) {
    return from?.micros === server.micros ? { ...server, offset: from.offset + page.rows } : server;
  }
  const timestamp = server.micros === last.micros ? server.timestamp : formatNaiveTime(last.micros);
  const at = { timestamp, micros: last.micros };
  // The page began inside its last timestamp, so all of it belongs there.
  if (from?.micros === last.micros && page.first === last) return { ...at, offset: from.offset + page.rows };
  const certain = last.rows - last.unreadBefore - last.unreadAfter;
  return { ...at, offset: Math.min(last.rows, Math.max(certain, server.offset)) };
}

function isAfter(place: Place, other: Place): boolean {
  return place.micros > other.micros || (place.micros === other.micros && place.offset > other.offset);
}

function decodeJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(atob(text));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
