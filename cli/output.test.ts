import { expect, it } from "vitest";
import { csvLine } from "./output.ts";

it("quotes fields with special characters, and leaves null empty", () => {
  expect(csvLine(["a,b", 'say "b"', "two\nlines", "cr\r", "plain é", null])).toBe(
    '"a,b","say ""b""","two\nlines","cr\r",plain é,',
  );
});

it("writes every double so that it is read back unchanged", () => {
  const numbers = [0.1 + 0.2, -0, 5e-324, 1.7976931348623157e308, 2 ** 53 + 2, -12.5];
  const read = csvLine(numbers).split(",").map(Number);
  // Object.is by element: -0 is not 0.
  expect(read.every((value, index) => Object.is(value, numbers[index]))).toBe(true);
});
