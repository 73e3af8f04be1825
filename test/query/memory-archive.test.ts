import { describe } from "vitest";
import { archiveReaderConformance } from "../conformance/archive-reader.ts";
import { MemoryArchive } from "../support/query/memory-archive.ts";

describe("the tests' memory as ArchiveReader", () => {
  archiveReaderConformance((body) => {
    const reader = new MemoryArchive();
    return body({
      reader,
      place: async (key, content) => reader.place(key, content),
      remove: async (key) => reader.remove(key),
    });
  });
});
