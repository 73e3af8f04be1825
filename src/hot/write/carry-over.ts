/** The samples of a reading's windows after it: what it says of its points, and what hot has of all others. */
import type { Series } from "../../domain/series.ts";
import type { HotDatabase } from "../../ports/hot.ts";
import type { HotColumns, HotReading, HotSite, ReadWindow } from "../hot-types.ts";
import { pointSeries, readSnapshot, readWhole, SeriesParts } from "../read/read.ts";

/**
 * Adds the stored samples of points that the reading is not of. Where the reading has a sample of such a point at the same
 * millisecond, it replaces the stored one. Hot is not queried if the reading is of all points of the site.
 */
export async function withOtherPoints(
  database: HotDatabase,
  site: HotSite,
  { windows, samples, points }: HotReading,
): Promise<HotColumns> {
  const others = otherNumbers(points);
  const [first, last] = [windows[0], windows.at(-1)] as [ReadWindow, ReadWindow];
  if (others.length === 0) return samples;
  const span = { fromMs: first.fromMs, toMs: last.toMs };
  const parts = new SeriesParts<number>();
  for await (const snapshot of readWhole(readSnapshot, database, site.name, others, span)) {
    // Also of stale windows: nothing else has these samples.
    parts.addAll(pointSeries(snapshot, others, "stored"));
  }
  const stored = parts.joined();
  return stored.size === 0 ? samples : merged(samples, stored);
}

function otherNumbers({ numbers, count }: HotReading["points"]): number[] {
  if (numbers.length === count) return [];
  const own = new Set(numbers);
  return Array.from({ length: count }, (_, number) => number).filter((number) => !own.has(number));
}

function merged(samples: HotColumns, stored: ReadonlyMap<number, Series>): HotColumns {
  const lengthMax = [...stored.values()].reduce((sum, { ms }) => sum + ms.length, samples.length);
  const result = {
    length: 0,
    number: new Uint32Array(lengthMax),
    ms: new Float64Array(lengthMax),
    value: new Float64Array(lengthMax),
  };
  const push = (number: number, ms: number, value: number) => {
    result.number[result.length] = number;
    result.ms[result.length] = ms;
    result.value[result.length++] = value;
  };
  let row = 0;
  for (const number of [...stored.keys()].sort((a, b) => a - b)) {
    const { ms, value } = stored.get(number) as Series;
    const isBefore = (at: number, atMs: number) => {
      const own = samples.number[at] as number;
      return own < number || (own === number && (samples.ms[at] as number) < atMs);
    };
    for (let at = 0; at < ms.length; at += 1) {
      const atMs = ms[at] as number;
      for (; row < samples.length && isBefore(row, atMs); row += 1) pushRow(row);
      const isReplaced =
        row < samples.length && samples.number[row] === number && (samples.ms[row] as number) === atMs;
      if (!isReplaced) push(number, atMs, value[at] as number);
    }
  }
  for (; row < samples.length; row += 1) pushRow(row);
  return result;

  function pushRow(at: number): void {
    push(samples.number[at] as number, samples.ms[at] as number, samples.value[at] as number);
  }
}
