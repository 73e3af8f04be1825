import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { UtcDay } from "../../src/domain/day.ts";
import type { RollupPeriod } from "../../src/domain/rollup.ts";
import type { Series } from "../../src/domain/series.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { encodeRollupFooter, encodeSampleGroup } from "../../src/parquet/rollup/rollup.ts";
import { placeholderFor, standInOf } from "./stand-in.ts";

/** A site's month of raw samples, of all `names`. */
export interface MonthLayout {
  readonly site: SiteName;
  readonly period: RollupPeriod;
  readonly days: readonly UtcDay[];
  readonly names: readonly string[];
  /** The points whose samples are in the file. The row groups of the others are holes, each of the size of one of these. */
  readonly samples: ReadonlyMap<string, Series>;
}

/** Writes the file of a month, a row group a point, and returns its bytes. */
export function writeMonth(path: string, { site, period, days, names, samples }: MonthLayout): number {
  const placeholder = placeholderFor(names[0] as string);
  const standIns = [...samples.values()].map((series) =>
    standInOf(encodeSampleGroup({ site }, [{ name: placeholder, ...series }], 4), placeholder),
  );
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, "w");
  const metadata: Uint8Array[] = [];
  // The magic, which belongs to the first row group, is before it.
  let offset = 4;
  for (const [at, name] of names.entries()) {
    const series = samples.get(name);
    if (series) {
      const group = encodeSampleGroup({ site }, [{ name, ...series }], offset);
      writeSync(descriptor, group.bytes, 0, group.bytes.length, offset);
      offset += group.bytes.length;
      metadata.push(group.metadata);
    } else {
      const hole = standIns[at % standIns.length] as (typeof standIns)[number];
      offset += hole.bytes;
      metadata.push(hole.metadataOf(name));
    }
  }
  const footer = encodeRollupFooter(metadata, { site, period, days, emptyDays: [] });
  ftruncateSync(descriptor, offset);
  writeSync(descriptor, footer, 0, footer.length, offset);
  closeSync(descriptor);
  return offset + footer.length;
}
