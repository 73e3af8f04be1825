/**
 * Compares well-formed strings as their UTF-8 bytes compare. JavaScript compares UTF-16 units, which differs
 * in one case: a surrogate (a character beyond U+FFFF) sorts below U+E000 to U+FFFF there, and above in UTF-8.
 */
export function byUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

const SURROGATES_START = 0xd800;
const SURROGATES_END = 0xe000;
const ABOVE_EVERY_UNIT = 0x1_0000;

function rank(unit: number): number {
  return unit >= SURROGATES_START && unit < SURROGATES_END ? unit + ABOVE_EVERY_UNIT : unit;
}
