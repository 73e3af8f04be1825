/**
 * A 53-bit hash of the UTF-8 bytes of a name, which are in `bytes` from `start` to before `end`. Page boundaries are
 * compared by hashes, so that no name of a page stays in memory once the page is decoded. Two names with the same hash
 * look like a repeated row: that costs a request, never a row.
 */
export function nameHash(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number; // within the bytes, as the caller guarantees
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x85ebca6b);
    high ^= high >>> 15;
  }
  return (high >>> 11) * 0x1_0000_0000 + ((low ^ (high >>> 13)) >>> 0);
}

/**
 * The hash of every row without a name. Without a hash such a row could come twice unnoticed, and the row whose place
 * it took after the order changed would be lost.
 */
export const NAMELESS_HASH = -1;
