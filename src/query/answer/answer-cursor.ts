import type { EpochMs } from "../../domain/day.ts";
import { type QuerySpec, sectionsOf } from "./query-spec.ts";

/**
 * A row position: the next row of an answer. Its section is that of `ms`, since rows are ordered by section, then by point,
 * then by time.
 */
export interface RowPosition {
  /** Index among the points of the query. */
  readonly point: number;
  readonly ms: EpochMs;
}

/** A hash that a cursor shares with the queries it may continue. */
export type Binding = Uint8Array;

const VERSION = 1;
const BINDING_BYTES = 12;
const POINT_AT = 1 + BINDING_BYTES;
const MS_AT = POINT_AT + 2;
const CURSOR_BYTES = MS_AT + 8;
/** base64url without padding; atob() alone would accept spaces and padding, and so many texts for the same position. */
const CURSOR = new RegExp(`^[\\w-]{${Math.ceil((CURSOR_BYTES * 4) / 3)}}$`);

/** A hash of everything that decides the rows and their order, unlike the page's length and format. */
export async function bindingOf(spec: QuerySpec): Promise<Binding> {
  const { site, points, fromMs, toMs, aggregation } = spec;
  const text = JSON.stringify([site, points, fromMs, toMs, aggregation?.interval, aggregation?.aggregate]);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash, 0, BINDING_BYTES);
}

/** Not secret and not signed: a cursor gives access to nothing that its query does not. */
export function writeCursor({ point, ms }: RowPosition, binding: Binding): string {
  const bytes = new Uint8Array(CURSOR_BYTES);
  bytes[0] = VERSION;
  bytes.set(binding, 1);
  const view = new DataView(bytes.buffer);
  view.setUint16(POINT_AT, point);
  view.setFloat64(MS_AT, ms);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Where to continue, or the fault as the end of a sentence that begins with "cursor". */
export function readCursor(text: string, spec: QuerySpec, binding: Binding): RowPosition | { fault: string } {
  if (!CURSOR.test(text)) return { fault: "is not a cursor of this API" };
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  if (bytes[0] !== VERSION) return { fault: "is not a cursor of this API" };
  if (binding.some((byte, index) => bytes[1 + index] !== byte)) {
    return { fault: "belongs to another query; only limit, format and time may change from page to page" };
  }
  const view = new DataView(bytes.buffer);
  const [point, ms] = [view.getUint16(POINT_AT), view.getFloat64(MS_AT)];
  // The first bucket may begin before the range does, but not before its section.
  const earliestMs = sectionsOf(spec)(spec.fromMs).fromMs;
  const inside = point < spec.points.length && Number.isInteger(ms) && ms >= earliestMs && ms < spec.toMs;
  return inside ? { point, ms } : { fault: "is not a cursor of this API" };
}
