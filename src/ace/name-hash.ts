/**
 * A 53-bit hash of a point's name. Page borders are compared by hashes, so that no name of a page is held
 * on to once the page is decoded. Two names with one hash look like a repeated row: that costs a request,
 * never a row.
 */
export function nameHash(name: string): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 15;
  }
  low ^= high >>> 13;
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}
