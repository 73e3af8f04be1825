import { dayStartMs, type UtcDay, utcDayOf } from "../../../src/domain/day.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { windowsOf } from "../../../src/domain/windows.ts";
import { type HotSite, HotWriter } from "../../../src/hot/hot.ts";
import type { HotStore } from "../../../src/ports/hot.ts";
import { readingOf, spansOf } from "./readings.ts";

/** A sample as a test has inserted it. */
export interface InsertedSample {
  readonly point: string;
  readonly ms: number;
  readonly value: number;
}

/** When the hours of a day begin. */
export const hoursOf = (day: UtcDay): number[] =>
  windowsOf(day, 24).map(({ fromMicros }) => fromMicros / 1_000);

/** The start of the hour of a time, as days are divided into hours. */
export function hourOf(ms: number): number {
  const day = utcDayOf(ms);
  return hoursOf(day).findLast((start) => start <= ms) ?? dayStartMs(day);
}

/** Stores one hour of the samples; what hot has of other points in it stays. The hour's windows are incomplete. */
export async function storeHour(
  writer: HotWriter,
  site: HotSite,
  hourMs: number,
  samples: readonly InsertedSample[],
): Promise<void> {
  const day = utcDayOf(hourMs);
  const first = spansOf(day).findIndex(({ fromMs }) => fromMs === hourMs);
  const endMs = spansOf(day)[first + 3]?.toMs ?? hourMs;
  const own = samples.filter(({ ms }) => ms >= hourMs && ms < endMs);
  const names = [...new Set(own.map(({ point }) => point))];
  const points = await writer.numberPoints(site, names);
  const numbers = new Map(names.map((name, at) => [name, points.numbers[at] as number]));
  const rows = own.map(({ point, ms, value }) => [numbers.get(point) as number, ms, value] as const);
  await writer.replaceHour(site, readingOf({ day, first, end: first + 4, rows, points, readToMs: hourMs }));
}

/** Stores samples of one point, in a database that no other writer uses. Their days get no row. */
export async function insertSamples(
  store: HotStore,
  siteName: string,
  point: string,
  samples: readonly (readonly [ms: number, value: number])[],
): Promise<void> {
  const writer = new HotWriter(store);
  const site = await writer.claim(siteName as SiteName, 0);
  for (const [hour, own] of Map.groupBy(samples, ([ms]) => hourOf(ms))) {
    await storeHour(
      writer,
      site,
      hour,
      own.map(([ms, value]) => ({ point, ms, value })),
    );
  }
}
