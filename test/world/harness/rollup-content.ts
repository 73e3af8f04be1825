import { type HourRow, hourFaults } from "../../reference/hours.ts";
import { readWithHyparquet } from "../../reference/other-readers.ts";
import { siteState } from "./inspect.ts";
import type { World } from "./world.ts";

/** The roll-ups that R2 has and that describe days, by key. */
export function rollupsOf(world: World): Map<string, Readonly<Record<string, string>>> {
  return new Map(
    [...world.archive.objects].flatMap(([key, { metadata }]) => {
      const days = key.startsWith("rollups/") ? (JSON.parse(metadata.days ?? "{}") as object) : {};
      return Object.keys(days).length > 0 ? [[key, days as Record<string, string>]] : [];
    }),
  );
}

/** What is wrong with the roll-ups: each must have the hours of the objects of the days that it describes. */
export async function rollupFaults(world: World): Promise<string[]> {
  const faults: string[] = [];
  for (const [key, days] of rollupsOf(world)) {
    const site = key.slice(key.lastIndexOf("/") + 1);
    const samples = [];
    for (const date of Object.keys(days)) {
      const object = world.archive.objects.get(`timeseries/${date.replaceAll("-", "/")}/${site}`);
      if (object) samples.push(...(await readWithHyparquet(object.bytes)));
      else faults.push(`${key} describes ${date}, which has no object`);
    }
    const object = world.archive.objects.get(key);
    if (!object) throw new Error(`there is no ${key}`);
    const { bytes, metadata } = object;
    const rows = (await readWithHyparquet(bytes)) as unknown as HourRow[];
    faults.push(...hourFaults(rows, samples).map((fault) => `${key}: ${fault}`));
    if (metadata.record_count !== String(rows.length)) faults.push(`${key} has ${rows.length} rows`);
  }
  return faults;
}

/** The days of a site that have an object, that hot storage does not answer for, and that no roll-up describes. */
export function daysWithoutRollup(world: World, site: string): string[] {
  const hotFrom = siteState<string>(world.site(site), "hotFrom");
  const described = new Set(
    [...rollupsOf(world)]
      .filter(([key]) => key.endsWith(`/${site}.parquet`))
      .flatMap(([, days]) => Object.keys(days)),
  );
  return [...world.archive.objects.keys()].flatMap((key) => {
    const [, date] = /^timeseries\/(.*)\//.exec(key) ?? [];
    const day = date?.replaceAll("/", "-");
    const isCold = day !== undefined && (hotFrom === undefined || day < hotFrom);
    return isCold && key.endsWith(`/${site}.parquet`) && !described.has(day) ? [day] : [];
  });
}
