import { protocolFault } from "../faults.ts";
import { CURSOR_CHARS_MAX } from "../limits.ts";
import type { JsonObject } from "./parse-json.ts";

/** What a page says about the page after it. */
export interface NextPage {
  readonly hasMore: boolean;
  /** As sent; a string wherever `hasMore`. */
  readonly nextCursor: string | null;
}

/**
 * Reads `has_more` and `next_cursor`. `has_more` must be there: taking its absence for an end could lose the rest of
 * a window unnoticed. `next_cursor` may be absent where there is nothing more. Throws `VendorFault` "protocol".
 */
export function decodeNextPage(body: JsonObject): NextPage {
  const hasMore = body.has_more;
  const nextCursor = body.next_cursor ?? null;
  if (typeof hasMore !== "boolean")
    throw protocolFault("the page does not say whether there is more (has_more)");
  if (nextCursor !== null && typeof nextCursor !== "string")
    throw protocolFault("next_cursor is not a string");
  if (hasMore && !nextCursor) throw protocolFault("the page says there is more, and gives no cursor");
  if (nextCursor !== null && nextCursor.length > CURSOR_CHARS_MAX) {
    throw protocolFault("next_cursor is too long", { chars: nextCursor.length, charsMax: CURSOR_CHARS_MAX });
  }
  return { hasMore, nextCursor };
}
