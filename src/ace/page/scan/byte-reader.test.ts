import { expect, test } from "vitest";
import { ByteReader } from "./byte-reader.ts";

test("text is the same as the bytes, short or long", () => {
  const text = "2026-08-07T16:25:00 ".repeat(20);
  const reader = new ByteReader(Buffer.from(`"${text}"`));
  for (const length of [0, 1, 63, 64, 65, text.length]) {
    expect(reader.text(1, 1 + length)).toBe(text.slice(0, length));
  }
});

test("a value of megabytes takes no more memory than its bytes", () => {
  const bytes = 8 * 1024 * 1024;
  const reader = new ByteReader(new Uint8Array(bytes).fill(0x78));
  const before = process.memoryUsage().heapUsed;
  const text = reader.text(0, bytes);
  // Joining character by character took 268 MB. Nothing else runs in between, so only garbage could be freed.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * bytes);
  expect(text).toHaveLength(bytes);
});
