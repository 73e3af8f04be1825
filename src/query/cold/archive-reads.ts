import type { Archive } from "../../ports/ports.ts";
import type { Meter } from "../source.ts";
import type { Retry } from "./retry.ts";

/** What the Query Worker asks of the archive beside ranges of objects. */
export type ArchiveReads = Pick<Archive, "head" | "list" | "read">;

/** Counts every request, also those that are made again, and every byte that they bring. Throws as `retry` does. */
export function withArchiveMeter(archive: ArchiveReads, meter: Meter, retry: Retry): ArchiveReads {
  const ask = <T>(request: () => Promise<T>) =>
    retry(() => {
      meter.r2Requests++;
      return request();
    });
  return {
    head: (key) => ask(() => archive.head(key)),
    list: (...asked) => ask(() => archive.list(...asked)),
    async read(...asked) {
      const bytes = await ask(() => archive.read(...asked));
      meter.bytesRead += bytes?.length ?? 0;
      return bytes;
    },
  };
}
