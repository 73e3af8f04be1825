import { BUCKET_FIELDS } from "../../domain/buckets.ts";
import type { UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { periodOf, type RollupPeriod, rollupKey } from "../../domain/rollup.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import type { Clock } from "../../ports/ports.ts";
import { withMeter, withRequestsInFlight, withRetry } from "../archive-requests.ts";
import { EndSizes, MemoryBudget, READS_IN_FLIGHT_MAX } from "../cold/cold.ts";
import type { Meter } from "../cost.ts";
import { inOrder } from "../in-order.ts";
import { type BucketQuery, type DayBuckets, dayBuckets, daysOfQuery } from "../source.ts";
import type { KnownRollups } from "./known-rollups.ts";
import { wholeHours } from "./period-days.ts";
import { readPeriod } from "./read-period.ts";
import { END_BYTES_DEFAULT, PERIODS_AHEAD_MAX, READ_AHEAD_BYTES_MAX } from "./rollup-limits.ts";

export { KnownRollups } from "./known-rollups.ts";

const UTF8 = new TextEncoder();

export interface RollupParts {
  readonly archive: ArchiveReader;
  readonly known: KnownRollups;
  readonly clock: Pick<Clock, "sleep">;
  /** Called with the fault of a roll-up that can't be read, at most once a minute for each. Its days come from day files. */
  onDamaged(key: ObjectKey, fault: Error): void;
  readonly readAheadBytesMax?: number;
  /** How many bytes of a roll-up's end are read, for a site without a known one. */
  readonly endBytes?: number;
}

/**
 * The roll-ups of the archive: a site's quarters of a year by the hour. It outlives a request, since it remembers indexes.
 *
 * A roll-up never describes an object of a day that was replaced: it is cleared before. So no version of a day is compared.
 */
export class RollupSource {
  readonly #parts: RollupParts;
  readonly #endSizes: EndSizes;

  constructor(parts: RollupParts) {
    this.#parts = parts;
    this.#endSizes = new EndSizes(parts.endBytes ?? END_BYTES_DEFAULT);
  }

  /**
   * The days of a query that roll-ups describe, in order; the intervals have whole hours. A day of which the range has a
   * part of an hour is left out: its own file has to be read anyway, and has all of its hours in one version. Throws
   * `ArchiveUnavailable` when it is a day's turn.
   */
  async *days(query: BucketQuery, before: UtcDay, meter: Meter): AsyncGenerator<DayBuckets> {
    const { site, points, fields } = query;
    const { fromMs, toMs } = wholeHours(query.fromMs, query.toMs);
    const days = daysOfQuery(query);
    const isCut = (day: UtcDay) =>
      (fromMs > query.fromMs && day === days[0]) || (toMs < query.toMs && day === days.at(-1));
    const usable = days.filter((day) => day < before && !isCut(day));
    const periods = [...Map.groupBy(usable, (day) => periodOf(day, "1hr"))];
    const names = points.map((name) => UTF8.encode(name));
    const bucketOf = dayBuckets(query);
    const stop = new AbortController();
    const memory = new MemoryBudget(this.#parts.readAheadBytesMax ?? READ_AHEAD_BYTES_MAX);
    const { known, onDamaged } = this.#parts;
    const tools = {
      archive: this.#requests(meter, stop.signal),
      known,
      endSizes: this.#endSizes,
      meter,
      onDamaged,
    };
    const read = async (at: number): Promise<readonly DayBuckets[]> => {
      const [period, ofPeriod] = periods[at] as [RollupPeriod, UtcDay[]];
      const key = rollupKey(site, period);
      const reserve = (bytes: number) => memory.reserve(at, bytes);
      const found = await readPeriod(
        { site, key, days: ofPeriod, fromMs, toMs, names, fields, bucketOf },
        { ...tools, reserve },
      );
      memory.resize(at, bytesOf(found));
      return found;
    };
    try {
      for await (const found of inOrder(periods.length, () => PERIODS_AHEAD_MAX, read)) {
        yield* found;
        memory.advance();
      }
    } finally {
      stop.abort();
      memory.close();
    }
  }

  #requests(meter: Meter, signal: AbortSignal): ArchiveReader {
    const { archive, clock } = this.#parts;
    const bounded = withRequestsInFlight(withMeter(archive, meter), READS_IN_FLIGHT_MAX, signal);
    // The retry is outermost, so that a request in its pause takes no place in flight.
    return withRetry(bounded, clock, signal);
  }
}

/** Of all columns, also those that are not needed and may be empty. */
function bytesOf(days: readonly DayBuckets[]): number {
  const buckets = days.flatMap((day) => day.buckets);
  return buckets.reduce((bytes, { ms }) => bytes + ms.byteLength * COLUMNS, 0);
}

const COLUMNS = 1 + BUCKET_FIELDS.length;
