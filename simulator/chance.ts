/** Random numbers without state: the same arguments give the same number in every process. */

/** Mixes two 32-bit numbers into one; `mix(seed, n)` for n = 0, 1, 2 … reads as uniform noise. */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ Math.imul(b + 0x165667b1, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Uniform in [0, 1). */
export function chance(seed: number, index: number): number {
  return mix(seed, index) / 2 ** 32;
}

/** A 32-bit seed of a text (FNV-1a over UTF-16 units). */
export function seedOf(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash, seed);
}

/** The numbers 0 to `length` - 1 in an order that depends on the seed alone (Fisher-Yates). */
export function shuffled(length: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let i = length - 1; i > 0; i--) {
    const j = mix(seed, i) % (i + 1);
    const swapped = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = swapped;
  }
  return order;
}
