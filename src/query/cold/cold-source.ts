import { DAY_MS, dayStartMs, daysOf, type EpochMs, type UtcDay, utcDayOf } from "../../domain/day.ts";
import { objectKey } from "../../domain/layout.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import type { Clock } from "../../ports/ports.ts";
import { withMeter, withRequestsInFlight, withRetry, withStop } from "../archive-requests.ts";
import { inOrder } from "../in-order.ts";
import type { DaySamples, Meter, SampleQuery, SampleSource, Series } from "../source.ts";
import { EndSizes } from "./end-sizes.ts";
import type { Footers } from "./footers.ts";
import { DAYS_AHEAD_MAX, RANGES_A_QUERY_MAX, READ_AHEAD_BYTES_MAX, READS_IN_FLIGHT_MAX } from "./limits.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { readDay } from "./read-day.ts";

const UTF8 = new TextEncoder();

/** For those who would not wait: what fails is asked again at once. */
const NO_PAUSES: Pick<Clock, "sleep"> = { sleep: async () => undefined };

/**
 * The archive as a source of samples. A day's footer says which row groups can have them; these alone are read.
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
    const { site, fromMs, toMs } = query;
    if (!(fromMs < toMs)) return;
    const days = daysOf(utcDayOf(fromMs), utcDayOf(toMs - 1));
    const names = query.points.map((name) => UTF8.encode(name));
    const stop = new AbortController();
    const room = new MemoryBudget(this.#readAheadBytesMax);
    const tools = {
      archive: this.#requests(meter, stop.signal),
      footers: this.#footers,
      endSizes: this.#endSizes,
      meter,
      rangesMax: Math.max(1, Math.floor(RANGES_A_QUERY_MAX / days.length)),
    };
    const read = async (at: number): Promise<DaySamples> => {
      const day = days[at] as UtcDay;
      const asked = { ...askedOf(query, day), names };
      const { state, series } = await readDay(asked, { ...tools, admit: (bytes) => room.admit(at, bytes) });
      room.settle(at, bytesOf(series));
      return {
        day,
        state,
        tiers: state === "missing" ? [] : ["cold"],
        series,
      };
    };
    // A first day shows how large footers are; the others then ask for as much, and not too much or too little.
    let ahead = this.#endSizes.knows(site) ? DAYS_AHEAD_MAX : 0;
    try {
      for await (const day of inOrder(days.length, () => ahead, read)) {
        ahead = DAYS_AHEAD_MAX;
        room.advance();
        yield day;
      }
    } finally {
      stop.abort();
      room.close();
    }
  }

  #requests(meter: Meter, signal: AbortSignal): ArchiveReader {
    const bounded = withRequestsInFlight(
      withStop(withMeter(this.#archive, meter), signal),
      READS_IN_FLIGHT_MAX,
    );
    // Outermost, so that a request in its pause takes no place in flight.
    return withRetry(bounded, this.#clock, signal);
  }
}

/** What of the query falls into the day. */
function askedOf({ site, fromMs, toMs }: SampleQuery, day: UtcDay) {
  const startMs: EpochMs = dayStartMs(day);
  return {
    site,
    day,
    key: objectKey(site, day),
    fromMs: Math.max(fromMs, startMs),
    toMs: Math.min(toMs, startMs + DAY_MS),
  };
}

function bytesOf(series: readonly Series[]): number {
  return series.reduce((bytes, { ms, value }) => bytes + ms.byteLength + value.byteLength, 0);
}
