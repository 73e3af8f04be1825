import { expect, test } from "vitest";
import { decodeLeniently, decodeText } from "./decode-text.ts";
import { VendorFault } from "./faults.ts";

test.each([
  ["malformed", "bytes that are not UTF-8", [0x22, 0xe9, 0x22]],
  ["truncated", "a body that ends inside a character", [0x22, 0xc3]],
] as const)("the fault %s is %s", (reason, _, bytes) => {
  const read = () => decodeText(Uint8Array.from(bytes));
  expect(read).toThrow(VendorFault);
  expect(read).toThrow(expect.objectContaining({ reason }));
});

test("a byte order mark is no part of the text", () => {
  expect(decodeText(Buffer.from("\ufeff{}"))).toBe("{}");
});

test("a message is read whatever its bytes are", () => {
  expect(decodeLeniently(Uint8Array.of(0x61, 0xe9, 0x62))).toBe("a\ufffdb");
});
