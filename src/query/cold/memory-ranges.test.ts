import { describe } from "vitest";
import { rangeReaderConformance } from "../../../test/conformance/range-reader.ts";
import { MemoryRanges } from "../../../test/support/query/memory-ranges.ts";

describe("the tests' memory as RangeReader", () => {
  rangeReaderConformance((body) => {
    const reader = new MemoryRanges();
    return body({
      reader,
      place: async (key, content) => reader.place(key, content),
      remove: async (key) => reader.remove(key),
    });
  });
});
