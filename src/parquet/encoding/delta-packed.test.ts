import fc from "fast-check";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { deltaBinaryPack } from "hyparquet-writer/src/delta.js";
import { describe, expect, it } from "vitest";
import { DELTA_MAX, packDeltas } from "./delta-packed.ts";
import { snappyCompress } from "./snappy.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2024, 0, 15);

/** Times of several points, one after the other: they ascend within a point, and fall back with the next. */
const times = fc
  .array(fc.tuple(fc.constantFrom(1, 3, 31, 128, 200), fc.constantFrom(0, 1, 255, 90_000), fc.nat(1000)), {
    minLength: 1,
    maxLength: 6,
  })
  .map((points) =>
    Int32Array.from(
      points.flatMap(([rows, interval, spread]) => {
        let at = 0;
        return Array.from({ length: rows }, (_, row) => {
          at += interval + (spread === 0 ? 0 : (row * 7919) % spread);
          return at;
        });
      }),
    ),
  );
const anyNumbers = fc
  .array(fc.integer({ min: -(2 ** 30), max: 2 ** 30 - 1 }), { minLength: 1, maxLength: 300 })
  .map((numbers) => Int32Array.from(numbers));

describe("packed differences", () => {
  it("are read as the numbers, in both ways, to 64 bits and to 32", () => {
    fc.assert(
      fc.property(fc.oneof(times, anyNumbers), fc.constantFrom(0, START), (numbers, shift) => {
        const { narrow, aligned } = packDeltas(numbers, shift);
        for (const packed of [narrow, aligned]) {
          const wide = new BigInt64Array(numbers.length);
          expect(unpacked(packed, wide)).toBe(packed.length);
          expect(Array.from(wide, Number)).toEqual(Array.from(numbers, (each) => shift + each));
          if (shift !== 0) continue;
          const short = new Int32Array(numbers.length);
          unpacked(packed, short);
          expect(short).toEqual(numbers);
        }
      }),
    );
  });

  it("have the bytes of hyparquet-writer in the narrow way", () => {
    fc.assert(
      fc.property(fc.oneof(times, anyNumbers), (numbers) => {
        const writer = new ByteWriter();
        deltaBinaryPack(writer, numbers, "INT64");
        expect(packDeltas(numbers, 0).narrow).toEqual(writer.getBytes());
      }),
    );
  });

  it("of a sequence that comes again are the same bytes again, where they are aligned", () => {
    // No multiple of a miniblock, so that each point's blocks begin at another poll.
    const polls = Int32Array.from({ length: 1_437 }, (_, i) => i * 60_000 + scatter(i, 50_000));
    const numbers = new Int32Array(5 * polls.length);
    for (let point = 0; point < 5; point++) numbers.set(polls, point * polls.length);
    const { narrow, aligned } = packDeltas(numbers, START);
    expect(snappyCompress(aligned).length).toBeLessThan(snappyCompress(narrow).length / 2);
    const scattered = Int32Array.from({ length: 5_000 }, (_, i) => scatter(i, DAY_MS)).sort();
    const alone = packDeltas(scattered, START);
    expect(snappyCompress(alone.narrow).length).toBeLessThan(snappyCompress(alone.aligned).length);
  });

  it("span a day, or as much as is allowed", () => {
    for (const span of [DAY_MS - 1, DELTA_MAX]) {
      const numbers = Int32Array.from([0, span, 0, span, span, 1]);
      const read = new Int32Array(numbers.length);
      unpacked(packDeltas(numbers, 0).aligned, read);
      expect(read).toEqual(numbers);
    }
  });
});

/** A number below `limit` that follows no pattern. */
function scatter(i: number, limit: number): number {
  const mixed = Math.imul(i ^ (i << 13), 0x9e3779b1);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0) % limit;
}

/** Reads into `numbers`, and returns how many bytes were read. */
function unpacked(bytes: Uint8Array, numbers: Int32Array | BigInt64Array): number {
  // The reader loads words of four bytes also where fewer are left.
  const padded = new Uint8Array(bytes.length + 8);
  padded.set(bytes);
  const reader = { view: new DataView(padded.buffer), offset: 0 };
  deltaBinaryUnpack(reader, numbers.length, numbers);
  return reader.offset;
}
