import fc from "fast-check";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
import { expect, it } from "vitest";
import { encodeIndexes } from "./index-runs.ts";

it("indexes are encoded byte for byte as hyparquet-writer encodes them, in runs and in groups of eight", () => {
  const columns = fc.integer({ min: 0, max: 20 }).chain((bits) =>
    fc.record({
      bits: fc.constant(bits),
      runs: fc.array(
        fc.tuple(fc.nat(2 ** bits - 1), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))),
        {
          maxLength: 60,
        },
      ),
    }),
  );
  fc.assert(
    fc.property(columns, ({ bits, runs }) => {
      const indexes = Int32Array.from(runs.flatMap(([index, rows]) => Array<number>(rows).fill(index)));
      const writer = new ByteWriter();
      writer.appendUint8(bits);
      writeRleBitPackedHybrid(writer, indexes, bits);
      expect(encodeIndexes(indexes, bits)).toEqual(writer.getBytes());
    }),
  );
});
