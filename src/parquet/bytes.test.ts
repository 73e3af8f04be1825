import { expect, test } from "vitest";
import { concatenate } from "./bytes.ts";

test("concatenate joins parts in order, including empty parts and views of a larger buffer", () => {
  const view = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
  expect(concatenate([view, new Uint8Array(), new Uint8Array([3])])).toEqual(new Uint8Array([1, 2, 3]));
  expect(concatenate([])).toEqual(new Uint8Array());
});
