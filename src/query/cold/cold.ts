import type { UtcDay } from "../../domain/day.ts";
import { objectKey } from "../../domain/layout.ts";
import type { Series } from "../../domain/series.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import type { Clock } from "../../ports/ports.ts";
import { withMeter, withRequestsInFlight, withRetry } from "../archive-requests.ts";
import type { Meter } from "../cost.ts";
import { inOrder } from "../in-order.ts";
import { type DaySamples, daysOfQuery, queryOfDay, type SampleQuery, type SampleSource } from "../source.ts";
import {
  DAYS_AHEAD_MAX,
  RANGES_A_QUERY_MAX,
  READ_AHEAD_BYTES_MAX,
  READS_IN_FLIGHT_MAX,
} from "./cold-limits.ts";
import type { Footers } from "./footers.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { readDay } from "./read-day.ts";
import { EndSizes } from "./read-footer.ts";

export { bytesIn, coalesce, endOf } from "./byte-ranges.ts";
export { FOOTER_TRUST_MS, GAP_BYTES_MAX, READS_IN_FLIGHT_MAX, VERSIONS_MAX } from "./cold-limits.ts";
export { type FileVersion, FileVersions, type FooterCache } from "./file-versions.ts";
export { Footers } from "./footers.ts";
export { MemoryBudget } from "./memory-budget.ts";
export { ObjectUnreadable, ObjectUnsettled, objectFault } from "./object-faults.ts";
export { pruneGroups } from "./prune.ts";
export { EndSizes, type ReadVersion, readEnd } from "./read-footer.ts";

const UTF8 = new TextEncoder();

/** For callers that do not wait: a failed request is repeated at once. */
const NO_PAUSES: Pick<Clock, "sleep"> = { sleep: async () => undefined };

/**
 * The archive as a source of samples. A day's footer says which row groups can have the samples; only these are read.
 *
 * Its days throw `ObjectUnreadable`, `ObjectUnsettled`, `DayTooLarge` and `ArchiveUnavailable` when it is their turn.
 */
export class ColdSource implements SampleSource {
  readonly #archive: ArchiveReader;
  readonly #footers: Footers;
  readonly #clock: Pick<Clock, "sleep">;
  readonly #readAheadBytesMax: number;
  readonly #endSizes = new EndSizes();

  constructor(
    archive: ArchiveReader,
    footers: Footers,
    clock = NO_PAUSES,
    readAheadBytesMax = READ_AHEAD_BYTES_MAX,
  ) {
    this.#archive = archive;
    this.#footers = footers;
    this.#clock = clock;
    this.#readAheadBytesMax = readAheadBytesMax;
  }

  async *days(query: SampleQuery, meter: Meter): AsyncGenerator<DaySamples> {
    const days = daysOfQuery(query);
    const names = query.points.map((name) => UTF8.encode(name));
    const stop = new AbortController();
    const memory = new MemoryBudget(this.#readAheadBytesMax);
    const tools = {
      archive: this.#requests(meter, stop.signal),
      footers: this.#footers,
      endSizes: this.#endSizes,
      meter,
      rangesMax: Math.max(1, Math.floor(RANGES_A_QUERY_MAX / days.length)),
    };
    const read = async (at: number): Promise<DaySamples> => {
      const day = days[at] as UtcDay;
      const reserve = (bytes: number) => memory.reserve(at, bytes);
      const dayQuery = { ...queryOfDay(query, day), day, key: objectKey(query.site, day), names };
      const { state, series } = await readDay(dayQuery, { ...tools, reserve });
      memory.resize(at, bytesOf(series));
      return { day, state, tiers: state === "missing" ? [] : ["cold"], series };
    };
    // The first day of a site shows how large its footers are, so that the others request as many bytes.
    let ahead = this.#endSizes.knows(query.site) ? DAYS_AHEAD_MAX : 0;
    try {
      for await (const day of inOrder(days.length, () => ahead, read)) {
        ahead = DAYS_AHEAD_MAX;
        memory.advance();
        yield day;
      }
    } finally {
      stop.abort();
      memory.close();
    }
  }

  #requests(meter: Meter, signal: AbortSignal): ArchiveReader {
    const bounded = withRequestsInFlight(withMeter(this.#archive, meter), READS_IN_FLIGHT_MAX, signal);
    // The retry is outermost, so that a request in its pause takes no place in flight.
    return withRetry(bounded, this.#clock, signal);
  }
}

function bytesOf(series: readonly Series[]): number {
  return series.reduce((bytes, { ms, value }) => bytes + ms.byteLength + value.byteLength, 0);
}
