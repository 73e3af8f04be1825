import { POINT_NAME_BYTES_MAX } from "./limits.ts";

/** Names of points: which of them a file can hold, and the order that they have there. */

const encoder = new TextEncoder();

/** The bytes of a name in UTF-8, or why a file can't hold it. */
export function readPointName(
  name: string,
):
  | { readonly kind: "usable"; readonly bytes: number }
  | { readonly kind: "unusable"; readonly reason: string } {
  if (name === "") return { kind: "unusable", reason: "no name" };
  // Half a surrogate pair has no UTF-8: two such names would be the same name in the file.
  if (!name.isWellFormed()) return { kind: "unusable", reason: "the name is not well-formed Unicode" };
  // A name has at least a byte for each UTF-16 unit: names of megabytes are not encoded.
  const bytes = name.length > POINT_NAME_BYTES_MAX ? name.length : encoder.encode(name).length;
  if (bytes <= POINT_NAME_BYTES_MAX) return { kind: "usable", bytes };
  const least = name.length > POINT_NAME_BYTES_MAX ? "at least " : "";
  return {
    kind: "unusable",
    reason: `the name is too long: ${least}${bytes} bytes, of at most ${POINT_NAME_BYTES_MAX}`,
  };
}

/** Names in the order of their UTF-8 bytes, each once. */
export function sortNames(names: Iterable<string>): string[] {
  const different = [...new Set(names)];
  // Without surrogates the order of UTF-16 is the same, and is found much faster.
  return different.some((name) => SURROGATE.test(name)) ? different.sort(compareNames) : different.sort();
}

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Compares well-formed strings as their UTF-8 bytes compare. JavaScript compares UTF-16 units, which differs in a
 * single case: a surrogate (of a character beyond U+FFFF) sorts below U+E000 to U+FFFF there, and above in UTF-8.
 */
export function compareNames(a: string, b: string): number {
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

/** How many of `names`, which are in the order of their bytes, come before `name`. */
export function countBefore(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareNames(names[middle] ?? "", name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
