import { parseUtcDay, utcDayOf } from "../../../src/domain/day.ts";
import {
  endsOfPeriod,
  parseRollupKey,
  periodOf,
  RESOLUTIONS,
  type Resolution,
  resolutionOf,
} from "../../../src/domain/rollup.ts";
import { rollupRowFaults } from "../../reference/months.ts";
import { readWithHyparquet } from "../../reference/other-readers.ts";
import { siteState } from "./inspect.ts";
import type { World } from "./world.ts";

/** The roll-ups that R2 has and that describe days, by key; of one resolution, or of both. */
export function rollupsOf(
  world: World,
  resolution?: Resolution,
): Map<string, Readonly<Record<string, string>>> {
  return new Map(
    [...world.archive.objects].flatMap(([key, { metadata }]) => {
      const period = parseRollupKey(key)?.period;
      if (!period || (resolution && resolutionOf(period) !== resolution)) return [];
      const days = JSON.parse(metadata.days ?? "{}") as Record<string, string>;
      return Object.keys(days).length > 0 ? [[key, days]] : [];
    }),
  );
}

/** What is wrong with the roll-ups: each must have the hours, or the rows, of the objects of the days that it describes. */
export async function rollupFaults(world: World): Promise<string[]> {
  const faults: string[] = [];
  for (const [key, days] of rollupsOf(world)) {
    const site = key.slice(key.lastIndexOf("/") + 1);
    const samples = [];
    for (const date of Object.keys(days).sort()) {
      const object = world.archive.objects.get(`timeseries/${date.replaceAll("-", "/")}/${site}`);
      if (object) samples.push(...(await readWithHyparquet(object.bytes)));
      else faults.push(`${key} describes ${date}, which has no object`);
    }
    const object = world.archive.objects.get(key);
    if (!object) throw new Error(`there is no ${key}`);
    const { bytes, metadata } = object;
    const rows = await readWithHyparquet(bytes);
    faults.push(...rollupRowFaults(key, rows, samples).map((fault) => `${key}: ${fault}`));
    if (metadata.record_count !== String(rows.length)) faults.push(`${key} has ${rows.length} rows`);
  }
  return faults;
}

/**
 * The days of a site that have an object, that hot storage does not answer for, and that the roll-up of their quarter does not
 * describe, or that of their month where it is over.
 */
export function daysWithoutRollup(world: World, site: string): string[] {
  const hotFrom = siteState<string>(world.site(site), "hotFrom") ?? "9999";
  const today = utcDayOf(world.scheduler.now);
  const described = new Set(
    RESOLUTIONS.flatMap((resolution) =>
      [...rollupsOf(world, resolution)]
        .filter(([key]) => key.endsWith(`/${site}.parquet`))
        .flatMap(([, days]) => Object.keys(days).map((day) => `${resolution} ${day}`)),
    ),
  );
  return [...world.archive.objects.keys()].flatMap((key) => {
    const [, date] = /^timeseries\/(.*)\//.exec(key) ?? [];
    const day = parseUtcDay(date?.replaceAll("/", "-") ?? "");
    if (!day || day >= hotFrom || !key.endsWith(`/${site}.parquet`)) return [];
    const [, monthEnd] = endsOfPeriod(periodOf(day, "raw"));
    const isOver = monthEnd < hotFrom && monthEnd < today;
    const isDescribed = described.has(`1hr ${day}`) && (!isOver || described.has(`raw ${day}`));
    return isDescribed ? [] : [day];
  });
}
