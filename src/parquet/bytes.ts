/** Joins arrays of bytes, in order, into a new array. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Compares as Parquet's statistics order strings: by unsigned bytes, a prefix before any longer string. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  }
  return a.length - b.length;
}

/** The least, in the order of `compareBytes`; undefined where there is none. */
export function leastBytes(all: readonly Uint8Array[]): Uint8Array | undefined {
  let least: Uint8Array | undefined;
  for (const each of all) if (!least || compareBytes(each, least) < 0) least = each;
  return least;
}
