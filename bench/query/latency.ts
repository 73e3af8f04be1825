import { setTimeout as sleep } from "node:timers/promises";
import type { ArchiveReader } from "../../src/ports/archive.ts";
import { aroundRequests } from "../../src/query/archive-requests.ts";

/** Each request takes so many milliseconds longer, as it does where the storage is far away. */
export const withLatency = (archive: ArchiveReader, latencyMs: number): ArchiveReader =>
  aroundRequests(archive, async (request) => {
    await sleep(latencyMs);
    return request();
  });
