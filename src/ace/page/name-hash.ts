/**
 * A 53-bit hash of a point's name. Page borders are compared by hashes, so that no name of a page is held
 * on to once the page is decoded. Two names with one hash look like a repeated row: that costs a request,
 * never a row.
 */
export function nameHash(name: string): number {
  let low = LOW_START;
  let high = HIGH_START;
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    low = mixLow(low, code);
    high = mixHigh(high, code);
  }
  return joined(low, high);
}

/**
 * What every row without a name is taken for. With no hash at all such a row could come twice unseen, and the row
 * whose place it took in an order that moved would be lost.
 */
export const NAMELESS_HASH = -1;

/** The same of an ASCII name that has not become a string: `bytes` from `start` to before `end`. */
export function nameHashOfAscii(bytes: Uint8Array, start: number, end: number): number {
  let low = LOW_START;
  let high = HIGH_START;
  for (let at = start; at < end; at += 1) {
    const code = bytes[at] as number; // within, as the caller says
    low = mixLow(low, code);
    high = mixHigh(high, code);
  }
  return joined(low, high);
}

const LOW_START = 0x811c9dc5;
const HIGH_START = 0x9e3779b9;

function mixLow(low: number, code: number): number {
  return Math.imul(low ^ code, 0x01000193);
}

function mixHigh(high: number, code: number): number {
  const mixed = Math.imul(high ^ code, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function joined(low: number, high: number): number {
  return (high >>> 11) * 0x1_0000_0000 + ((low ^ (high >>> 13)) >>> 0);
}
