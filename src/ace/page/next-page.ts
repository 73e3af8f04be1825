import { protocolFault } from "../faults.ts";
import { CURSOR_CHARS_MAX } from "../limits.ts";
import type { JsonObject } from "./json.ts";

/** How a walk goes on behind a page. */
export interface Way {
  readonly hasMore: boolean;
  /** As sent; a string wherever `hasMore`. */
  readonly nextCursor: string | null;
}

/**
 * `has_more` has to be there: taking its absence for an end could lose the rest of a window without a trace.
 * `next_cursor` may be absent, as if null, where there is nothing more. Throws `VendorFault` "protocol".
 */
export function decodeWay(body: JsonObject): Way {
  const hasMore = body.has_more;
  const nextCursor = body.next_cursor ?? null;
  if (typeof hasMore !== "boolean")
    throw protocolFault("the page does not say whether there is more (has_more)");
  if (nextCursor !== null && typeof nextCursor !== "string")
    throw protocolFault("next_cursor is not a string");
  if (hasMore && !nextCursor) throw protocolFault("the page says there is more, and gives no cursor to it");
  if (nextCursor !== null && nextCursor.length > CURSOR_CHARS_MAX) {
    throw protocolFault("next_cursor is too long", { chars: nextCursor.length, charsMax: CURSOR_CHARS_MAX });
  }
  return { hasMore, nextCursor };
}
