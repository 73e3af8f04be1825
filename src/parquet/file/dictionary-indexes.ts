import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";

/** Dictionary indexes as they stand in a data page: their width in bits, then runs. */
export function indexPage(indexes: Int32Array, entries: number): Uint8Array {
  const page = new ByteWriter(indexes.length + 16);
  const bits = 32 - Math.clz32(entries - 1);
  page.appendUint8(bits);
  writeRleBitPackedHybrid(page, indexes, bits);
  return page.getBytes();
}
