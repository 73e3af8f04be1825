import { DAY_MS, dayStartMs, daysOf, type EpochMs, type UtcDay, utcDayOf } from "../../domain/day.ts";
import { objectKey } from "../../domain/layout.ts";
import type { RangeReader } from "../../ports/range-reader.ts";
import type { DaySamples, Meter, SampleQuery, SampleSource, Series } from "../source.ts";
import { EndSizes } from "./end-sizes.ts";
import type { Footers } from "./footers.ts";
import { DAYS_AHEAD_MAX, RANGES_A_QUERY_MAX, READ_AHEAD_BYTES_MAX, READS_IN_FLIGHT_MAX } from "./limits.ts";
import { ReadAhead } from "./read-ahead.ts";
import { type DayTools, readDay } from "./read-day.ts";
import { withMeter, withReadsInFlight, withStop } from "./reads.ts";

/**
 * The archive as a source of samples. A day's footer says which row groups can have them; these alone are read.
 *
 * Its days throw `ObjectUnreadable`, `ObjectUnsettled`, and whatever the storage throws, when it is their turn.
 */
export class ColdSource implements SampleSource {
  readonly #reader: RangeReader;
  readonly #footers: Footers;
  readonly #endSizes = new EndSizes();

  constructor(reader: RangeReader, footers: Footers) {
    this.#reader = reader;
    this.#footers = footers;
  }

  async *days(query: SampleQuery, meter: Meter): AsyncGenerator<DaySamples> {
    const { site, fromMs, toMs } = query;
    if (!(fromMs < toMs)) return;
    const days = daysOf(utcDayOf(fromMs), utcDayOf(toMs - 1));
    const stop = new AbortController();
    const reader = withReadsInFlight(
      withStop(withMeter(this.#reader, meter), stop.signal),
      READS_IN_FLIGHT_MAX,
    );
    const ahead = new ReadAhead(READ_AHEAD_BYTES_MAX);
    const begun: Promise<DaySamples>[] = [];
    let next = 0;
    const beginUpTo = (end: number) => {
      for (; next < Math.min(end, days.length); next++) {
        const at = next;
        const tools = {
          reader,
          footers: this.#footers,
          endSizes: this.#endSizes,
          meter,
          rangesMax: Math.max(1, Math.floor(RANGES_A_QUERY_MAX / days.length)),
          admit: (bytes: number) => ahead.admit(at, bytes),
        };
        const day = readSamples(query, days[at] as UtcDay, tools).then((read) => {
          ahead.settle(at, bytesOf(read.series));
          return read;
        });
        // It may fail before it is its turn, and then nobody waits for it yet.
        day.catch(() => undefined);
        begun.push(day);
      }
    };
    try {
      // A first day shows how large footers are; the others then ask for as much, and not too much or too little.
      beginUpTo(this.#endSizes.knows(site) ? DAYS_AHEAD_MAX : 1);
      for (let at = 0; at < days.length; at++) {
        const day = await (begun.shift() as Promise<DaySamples>);
        ahead.advance();
        beginUpTo(at + 1 + DAYS_AHEAD_MAX);
        yield day;
      }
    } finally {
      stop.abort();
      ahead.close();
    }
  }
}

async function readSamples(query: SampleQuery, day: UtcDay, tools: DayTools): Promise<DaySamples> {
  const { names, nameOf } = distinct(query.points);
  const startMs: EpochMs = dayStartMs(day);
  const { state, series } = await readDay(
    {
      site: query.site,
      key: objectKey(query.site, day),
      names,
      fromMs: Math.max(query.fromMs, startMs),
      toMs: Math.min(query.toMs, startMs + DAY_MS),
    },
    tools,
  );
  return {
    day,
    state,
    tiers: state === "missing" ? [] : ["cold"],
    series: nameOf.map((name) => series[name] as Series),
  };
}

/** Each name once, as bytes, and which of them each of `points` is. */
function distinct(points: readonly string[]): { names: Uint8Array[]; nameOf: number[] } {
  const unique = [...new Set(points)];
  const utf8 = new TextEncoder();
  const indexes = new Map(unique.map((name, at) => [name, at]));
  return {
    names: unique.map((name) => utf8.encode(name)),
    nameOf: points.map((name) => indexes.get(name) as number),
  };
}

function bytesOf(series: readonly Series[]): number {
  return series.reduce((bytes, { ms, value }) => bytes + ms.byteLength + value.byteLength, 0);
}
