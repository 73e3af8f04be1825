import fc from "fast-check";
import { snappyUncompress } from "hyparquet";
import { snappyCompress as referenceCompress } from "hyparquet-writer/src/snappy.js";
import { describe, expect, it } from "vitest";
import { snappyCompress } from "./snappy.ts";

const repeating = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 90 }), fc.integer({ min: 1, max: 40 })), {
    maxLength: 30,
  })
  .map((parts) =>
    Uint8Array.from(
      parts.flatMap(([bytes, times]) =>
        Array(times)
          .fill([...bytes])
          .flat(),
      ),
    ),
  );
const pages = fc.oneof(
  repeating,
  fc.uint8Array({ maxLength: 300, max: 3 }),
  fc.uint8Array({ maxLength: 300 }),
);

describe("a compressed page", () => {
  it("has the bytes of hyparquet-writer's compressor, and is read by hyparquet", () => {
    fc.assert(
      fc.property(pages, (page) => {
        const compressed = snappyCompress(page);
        expect(compressed).toEqual(referenceCompress(page));
        expect(uncompressed(compressed, page.length)).toEqual(page);
      }),
    );
  });

  it("is independent of the pages that were compressed before it", () => {
    fc.assert(
      fc.property(pages, pages, (first, second) => {
        const alone = snappyCompress(second);
        snappyCompress(first);
        expect(snappyCompress(second)).toEqual(alone);
      }),
    );
  });

  it.each([
    ["repetitions further apart than a copy reaches", 70_000, 3],
    ["literals of more than 64 KiB", 100_000, 1],
    ["more bytes than the buffer that is kept", 150_000, 4],
  ])("may have %s", (_, period, times) => {
    // A multiplicative generator: no word comes twice within the period.
    const part = Uint8Array.from({ length: period }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
    const page = new Uint8Array(period * times);
    for (let i = 0; i < times; i++) page.set(part, i * period);
    const compressed = snappyCompress(page);
    expect(Buffer.compare(compressed, referenceCompress(page))).toBe(0);
    expect(Buffer.compare(uncompressed(compressed, page.length), page)).toBe(0);
  });

  it("may begin anywhere in the memory that it is a view of", () => {
    const page = new Uint8Array(203).fill(7).subarray(3);
    expect(snappyCompress(page)).toEqual(snappyCompress(page.slice()));
  });
});

function uncompressed(bytes: Uint8Array, length: number): Uint8Array {
  const page = new Uint8Array(length);
  snappyUncompress(bytes, page);
  return page;
}
