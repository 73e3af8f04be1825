import type { UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { periodOf, type RollupPeriod, rollupKey } from "../../domain/rollup.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import type { Clock } from "../../ports/ports.ts";
import { withMeter, withRequestsInFlight, withRetry } from "../archive-requests.ts";
import { EndSizes, MemoryBudget, READS_IN_FLIGHT_MAX } from "../cold/cold.ts";
import type { Meter } from "../cost.ts";
import type { FoundPeriod, PeriodSource } from "../fill-gaps.ts";
import { inOrder } from "../in-order.ts";
import { daysOfQuery, queryOfDay, type SampleQuery } from "../source.ts";
import type { KnownRollups } from "./known-rollups.ts";
import { readPeriod } from "./read-period.ts";
import type { RollupContent } from "./rollup-content.ts";
import { READ_AHEAD_BYTES_MAX } from "./rollup-limits.ts";

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
 * The roll-ups of the archive in one resolution. It outlives a request, since it remembers indexes.
 *
 * A roll-up never describes an object of a day that was replaced: it is cleared before. So no version of a day is compared.
 */
export class RollupSource<Query extends SampleQuery, Day extends { readonly day: UtcDay }>
  implements PeriodSource<Query, Day>
{
  readonly #content: RollupContent<Query, Day>;
  readonly #parts: RollupParts;
  readonly #endSizes: EndSizes;

  constructor(content: RollupContent<Query, Day>, parts: RollupParts) {
    this.#content = content;
    this.#parts = parts;
    this.#endSizes = new EndSizes(parts.endBytes ?? content.endBytes);
  }

  async *periods(query: Query, meter: Meter): AsyncGenerator<FoundPeriod<Day>> {
    const { site, points } = query;
    const content = this.#content;
    const periods = periodsIn(query, content);
    const names = points.map((name) => UTF8.encode(name));
    const stop = new AbortController();
    const memory = new MemoryBudget(this.#parts.readAheadBytesMax ?? READ_AHEAD_BYTES_MAX);
    const { known, onDamaged } = this.#parts;
    const archive = this.#requests(meter, stop.signal);
    const tools = { archive, known, endSizes: this.#endSizes, meter, onDamaged };
    const answerable = { ...query, ...content.rangeOf(query) };
    // Before the consumer reaches the first days, only indexes are read: a page may end in a gap before them.
    const reached = Promise.withResolvers<void>();
    const start = async (at: number): Promise<FoundPeriod<Day> | undefined> => {
      const [period, days] = periods[at] as [RollupPeriod, UtcDay[]];
      const opened = Promise.withResolvers<UtcDay | undefined>();
      const admit = async (bytes: number, held: readonly UtcDay[]) => {
        opened.resolve(held[0]);
        await reached.promise;
        await memory.reserve(at, bytes);
      };
      const asked = { query: answerable, key: rollupKey(site, period), days, names };
      const read = readPeriod(asked, content, { ...tools, admit }).then((found) => {
        opened.resolve(found[0]?.day);
        memory.resize(
          at,
          found.reduce((bytes, day) => bytes + content.bytesOf(day), 0),
        );
        return found;
      });
      read.catch(opened.reject);
      const first = await opened.promise;
      const take = () => {
        reached.resolve();
        return read;
      };
      return first && { first, days: take };
    };
    try {
      for await (const found of inOrder(periods.length, () => content.periodsAheadMax, start)) {
        if (found) yield found;
        memory.advance();
      }
    } finally {
      stop.abort();
      memory.close();
      reached.resolve();
    }
  }

  #requests(meter: Meter, signal: AbortSignal): ArchiveReader {
    const { archive, clock } = this.#parts;
    const bounded = withRequestsInFlight(withMeter(archive, meter), READS_IN_FLIGHT_MAX, signal);
    // The retry is outermost, so that a request in its pause takes no place in flight.
    return withRetry(bounded, clock, signal);
  }
}

/** The periods whose roll-ups may be used for the query, and its days of each that they can answer whole. */
function periodsIn<Query extends SampleQuery, Day>(
  query: Query,
  { resolution, daysMin, rangeOf }: RollupContent<Query, Day>,
): [RollupPeriod, UtcDay[]][] {
  const { fromMs, toMs } = rangeOf(query);
  const usable = daysOfQuery(query).filter((day) => {
    const asked = queryOfDay(query, day);
    return asked.fromMs >= fromMs && asked.toMs <= toMs;
  });
  const periods = Map.groupBy(usable, (day) => periodOf(day, resolution));
  return [...periods].filter(([, days]) => days.length >= daysMin);
}
