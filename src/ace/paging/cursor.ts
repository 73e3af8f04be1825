import type { EpochMicros } from "../../domain/day.ts";
import { formatNaiveTime, parseTime } from "../../domain/time.ts";
import { jsonObject } from "../body-text.ts";
import { protocolFault, type VendorFault } from "../faults.ts";
import type { SamplesPage } from "../page/page.ts";

/** A position in the vendor's order: a timestamp, and an offset of rows inside it. */
export interface CursorPosition {
  readonly offset: number;
  /** As the vendor wrote it, to be sent back unchanged. */
  readonly timestamp: string;
  readonly micros: EpochMicros;
}

/** A cursor in the vendor's form: base64 of JSON with Python's spaces, byte for byte a correct server's. */
export function encodeCursor(offset: number, timestamp: string): string {
  return btoa(`{"offset": ${offset}, "timestamp": "${timestamp}"}`);
}

/** The position in a cursor of the vendor's form; undefined for any other cursor, which is opaque. */
export function decodeCursor(text: string): CursorPosition | undefined {
  const fields = jsonObject(() => atob(text));
  if (fields === undefined || Object.keys(fields).length !== 2) return undefined;
  const { offset, timestamp } = fields;
  if (typeof offset !== "number" || !Number.isSafeInteger(offset) || offset < 0) return undefined;
  // Nanoseconds would be cut to microseconds, and two timestamps would count as the same: such a cursor is opaque.
  if (typeof timestamp !== "string" || /\.\d{7}/.test(timestamp)) return undefined;
  const micros = parseTime(timestamp);
  return micros === undefined ? undefined : { offset, timestamp, micros };
}

/**
 * The cursor after `page`, which was requested with `sent` (null for the window's first page). The server counts
 * the rows of the last timestamp on this page only and ignores the offset that it was sent, so the offset inside a
 * timestamp is added up here. Opaque cursors are passed back unchanged. A cursor that does not advance is a fault.
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
  const next = positionAfter(from, page, server);
  if (from !== undefined && !isAfter(next, from)) {
    return protocolFault("the cursor does not advance", { from: from.timestamp, to: next.timestamp });
  }
  const correct = next.offset === server.offset && next.timestamp === server.timestamp;
  return correct ? given : encodeCursor(next.offset, next.timestamp);
}

/**
 * An empty page may return the cursor that was sent, which is sent again, or point ahead. Of a timestamp ahead no row
 * has been seen, whatever the offset claims, so it is read from its first row. The pagination bounds empty pages.
 */
function afterEmptyPage(
  sent: string | null,
  from: CursorPosition | undefined,
  given: string,
  server: CursorPosition | undefined,
): string | VendorFault {
  if (server === undefined) return given;
  if (from === undefined || server.micros > from.micros) return encodeCursor(0, server.timestamp);
  if (sent !== null && server.micros === from.micros) return sent;
  return protocolFault("the cursor of an empty page goes back in time", {
    from: from.timestamp,
    to: server.timestamp,
  });
}

function positionAfter(
  from: CursorPosition | undefined,
  page: SamplesPage,
  server: CursorPosition,
): CursorPosition {
  const { last } = page;
  // The page ends in rows whose time can't be read: only the server knows the timestamp they belong to.
  if (last === undefined || (last.unreadAfter > 0 && server.micros > last.micros)) {
    return from?.micros === server.micros ? { ...server, offset: from.offset + page.rows } : server;
  }
  const timestamp = server.micros === last.micros ? server.timestamp : formatNaiveTime(last.micros);
  const at = { timestamp, micros: last.micros };
  // The page began inside its last timestamp, so all of its rows belong there.
  if (from?.micros === last.micros && page.first === last) return { ...at, offset: from.offset + page.rows };
  const certain = last.rows - last.unreadBefore - last.unreadAfter;
  return { ...at, offset: Math.min(last.rows, Math.max(certain, server.offset)) };
}

function isAfter(a: CursorPosition, b: CursorPosition): boolean {
  return a.micros > b.micros || (a.micros === b.micros && a.offset > b.offset);
}
