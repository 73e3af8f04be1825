import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { daysOfPeriod, periodOf, periodsOf, type RollupPeriod, rollupKey } from "../../src/domain/rollup.ts";
import { joinSeries, type Series } from "../../src/domain/series.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { encodeRollupFooter, encodeSampleGroup } from "../../src/parquet/rollup/rollup.ts";
import { ColdSource, Footers } from "../../src/query/cold/cold.ts";
import { newMeter } from "../../src/query/cost.ts";
import { FIRST_DAY, FileArchive, REFERENCE_NAMES, spanOf, writeMonth } from "../data/data.ts";
import type { MonthWriter } from "./month-layout.ts";

/** Writes the raw roll-up of a month, which has a row group for each point. */
export class RollupMonth implements MonthWriter {
  readonly title = "a raw roll-up, a row group a point";
  readonly path: string;
  readonly #spec;
  readonly #descriptor: number;
  readonly #metadata: Uint8Array[] = [];
  #offset = 0;

  constructor(path: string, site: SiteName, days: readonly UtcDay[]) {
    this.path = path;
    this.#spec = { site, period: periodOf(days[0] as UtcDay, "raw"), days, emptyDays: [] };
    this.#descriptor = openSync(path, "w");
  }

  add(point: number, parts: readonly Series[]): void {
    const samples = { name: REFERENCE_NAMES[point] as string, ...joinSeries(parts) };
    const { bytes, metadata } = encodeSampleGroup(this.#spec, [samples], this.#offset);
    writeSync(this.#descriptor, bytes);
    this.#offset += bytes.length;
    this.#metadata.push(metadata);
  }

  finish(): void {
    writeSync(this.#descriptor, encodeRollupFooter(this.#metadata, this.#spec));
    closeSync(this.#descriptor);
  }
}

/** Writes the raw roll-ups of the days from the first to `last`, out of the days of the first month. */
export async function writeRollups(
  folder: string,
  site: SiteName,
  { first, last, points }: { first: readonly UtcDay[]; last: UtcDay; points: readonly string[] },
): Promise<void> {
  const cold = new ColdSource(new FileArchive(folder), new Footers(() => 0));
  const ofDays: (readonly Series[])[] = [];
  for await (const { series } of cold.days({ ...spanOf(site, first.length), points }, newMeter()))
    ofDays.push(series);
  for (const period of periodsOf(FIRST_DAY, last, "raw")) {
    const days = daysIn(period, last).slice(0, first.length);
    const shiftMs = dayStartMs(days[0] as UtcDay) - dayStartMs(FIRST_DAY);
    const samples = points.map((name, at) => {
      const { ms, value } = joinSeries(days.map((_, day) => ofDays[day]?.[at] as Series));
      return [name, { ms: ms.map((each) => each + shiftMs), value }] as const;
    });
    const layout = { site, period, days, names: REFERENCE_NAMES, samples: new Map(samples) };
    writeMonth(join(folder, rollupKey(site, period)), layout);
  }
}

const daysIn = (period: RollupPeriod, last: UtcDay) => daysOfPeriod(period).filter((day) => day <= last);
