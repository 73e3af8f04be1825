import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { BucketBuilder, type BucketSeries, bucketsOf } from "../../src/domain/buckets.ts";
import { addDays, DAY_MS, dayStartMs, daysOf, type UtcDay } from "../../src/domain/day.ts";
import { daysOfPeriod, type RollupPeriod } from "../../src/domain/rollup.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { encodeRollupFooter, encodeRollupGroup, type RollupPoint } from "../../src/parquet/rollup/rollup.ts";
import { pointKinds } from "./made-up-day.ts";
import { randomOf } from "./random.ts";
import { placeholderFor, standInOf } from "./stand-in.ts";

const HOUR_MS = 3_600_000;
/** As often as a point of the reference site has a sample. */
const SAMPLES_AN_HOUR = 34;
/** Years that are made of each kind of point. */
const YEARS_A_KIND = 4;

/** A site's roll-up: which days and points it is of, and how its row groups are cut. */
export interface RollupLayout {
  readonly site: SiteName;
  readonly first: UtcDay;
  readonly days: number;
  readonly names: readonly string[];
  /** A row group ends with the point that makes it reach so many rows. */
  readonly groupRows: number;
  /** The points whose row groups are in the file. The other row groups are holes of their size. */
  readonly wanted: ReadonlySet<number>;
  /** The hours of a point, at least those of the days. */
  hoursOf(point: number): BucketSeries;
}

/**
 * A year by the hour, out of made-up samples, for points of any number: of each kind of point there are some years, so that
 * neighbours have different ones.
 */
export function madeUpHours(first: UtcDay, days: number): (point: number) => BucketSeries {
  const kinds = pointKinds(randomOf(12345)).length;
  const years = Array.from({ length: kinds * YEARS_A_KIND }, (_, at) => {
    const next = pointKinds(randomOf(at + 1))[at % kinds] as (last: number) => number;
    const builder = new BucketBuilder(bucketsOf(HOUR_MS));
    let last = 20;
    for (let hour = 0; hour < days * 24; hour++) {
      for (let sample = 0; sample < SAMPLES_AN_HOUR; sample++) {
        last = next(last);
        builder.add(dayStartMs(first) + hour * HOUR_MS, last);
      }
    }
    return builder.take();
  });
  return (point) =>
    years[(point % kinds) + kinds * (Math.floor(point / kinds) % YEARS_A_KIND)] as BucketSeries;
}

/**
 * Writes a roll-up of full days. Only the row groups of `wanted` points are encoded by themselves; the other ones are holes
 * that are as long as a row group of points of the same kinds. Returns the bytes of the file.
 */
export function writeRollup(path: string, layout: RollupLayout, period: RollupPeriod): number {
  const { site, names, wanted } = layout;
  const perGroup = Math.ceil(layout.groupRows / (layout.days * 24));
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, "w");
  const standIns = new Map<string, ReturnType<typeof standIn>>();
  const metadata: Uint8Array[] = [];
  let offset = 0;
  for (let point = 0; point < names.length; point += perGroup) {
    const points = Array.from({ length: Math.min(perGroup, names.length - point) }, (_, at) => point + at);
    if (offset === 0 || points.some((each) => wanted.has(each))) {
      const group = encodeRollupGroup(
        { site },
        points.map((each) => pointOf(layout, each)),
        offset,
      );
      writeSync(descriptor, group.bytes, 0, group.bytes.length, offset);
      offset += group.bytes.length;
      metadata.push(group.metadata);
    } else {
      const kind = `${point % KINDS_PERIOD} ${points.length}`;
      const hole = standIns.get(kind) ?? standIn(layout, points);
      standIns.set(kind, hole);
      offset += hole.bytes;
      metadata.push(hole.metadataOf(names[point] as string));
    }
  }
  const held = new Set(daysOfPeriod(period));
  const days = daysOf(layout.first, addDays(layout.first, layout.days - 1)).filter((day) => held.has(day));
  const footer = encodeRollupFooter(metadata, { site, period, days, emptyDays: [] });
  ftruncateSync(descriptor, offset);
  writeSync(descriptor, footer, 0, footer.length, offset);
  closeSync(descriptor);
  return offset + footer.length;
}

/** Row groups that begin with the same point modulo this have points of the same kinds and years. */
const KINDS_PERIOD = 40;

function pointOf({ names, first, days, hoursOf }: RollupLayout, point: number): RollupPoint {
  const fromMs = dayStartMs(first);
  const all = hoursOf(point);
  const from = all.ms.indexOf(fromMs);
  const slice = (numbers: Float64Array) => numbers.subarray(from, from + days * 24);
  const hours = Object.fromEntries(Object.entries(all).map(([column, numbers]) => [column, slice(numbers)]));
  if (all.ms[from + days * 24 - 1] !== fromMs + days * DAY_MS - HOUR_MS) throw new Error("hours are missing");
  return { name: names[point] as string, hours: hours as unknown as BucketSeries };
}

/** A row group of these points without their names: its length, and its metadata with the name of its first point. */
function standIn(layout: RollupLayout, points: readonly number[]) {
  // All names are as long as this one.
  const placeholder = placeholderFor(layout.names[0] as string);
  const nameless = points.map((point) => ({ ...pointOf(layout, point), name: placeholder }));
  return standInOf(encodeRollupGroup(layout, nameless, 4), placeholder);
}
