import { join } from "node:path";
import { ROWS_MAX } from "../../../src/contract/query.ts";
import { addDays, DAY_MS, dayStartMs, type UtcDay } from "../../../src/domain/day.ts";
import { daysOfPeriod, periodsOf, rollupKey } from "../../../src/domain/rollup.ts";
import { joinSeries, type Series } from "../../../src/domain/series.ts";
import { RollupIndex } from "../../../src/parquet/rollup/rollup.ts";
import type { ArchiveReader } from "../../../src/ports/archive.ts";
import { ColdSource, Footers } from "../../../src/query/cold/cold.ts";
import { newMeter } from "../../../src/query/cost.ts";
import type { SampleSource } from "../../../src/query/source.ts";
import {
  type BenchArchive,
  FIRST_DAY,
  FileArchive,
  FULL_SITE,
  FULL_YEAR_POINTS,
  REFERENCE_NAMES,
  spanOf,
  spread,
  writeMonth,
} from "../../data/data.ts";
import { atMost, type Figure, kb, MIB, mustBe, report } from "../../measure/measure.ts";
import { isolateOver } from "../query-isolate.ts";
import { rollupMemory } from "./rollup-memory.ts";
import { VirtualLatency } from "./virtual-latency.ts";

const LATENCY_MS = 50;
const POINTS = spread(FULL_YEAR_POINTS, 20);

const SOURCES: Readonly<Record<string, (archive: ArchiveReader) => SampleSource>> = {
  "day files": (archive) => new ColdSource(archive, new Footers(() => 0)),
  months: (archive) => isolateOver(archive).samples,
};

/**
 * All samples of a year, by day files and by months of raw samples, nothing known. The files of `fullYear` are there. All of
 * its days are alike, so that a month is smaller than one of a building.
 */
export async function rawYearFigures({ folder }: BenchArchive, days: number): Promise<Figure[]> {
  const figures = [await writeMonths(folder, days)];
  for (const points of [POINTS.slice(0, 1), POINTS]) {
    const costs = new Map<string, RawCost>();
    for (const [title, open] of Object.entries(SOURCES)) {
      const latency = new VirtualLatency(LATENCY_MS);
      // The first run is not counted: it compiles the code of all runs.
      await readYear(open(latency.around(new FileArchive(folder))), points, days);
      const cost = await readYear(open(new FileArchive(folder)), points, days);
      costs.set(title, cost);
      const { requests, bytes, cpuSeconds } = cost;
      const cpu = `${(cpuSeconds * 1000).toFixed(0)} ms CPU`;
      const waited = `${latency.elapsedSeconds.toFixed(2)} s of waiting, ${LATENCY_MS} ms a request, six in flight`;
      figures.push(
        report(
          `raw, a year of ${points.length}, ${title}`,
          `${requests} requests, ${kb(bytes)}, ${cpu}, ${waited}`,
        ),
      );
    }
    const [first, ...others] = [...costs.values()] as [RawCost, ...RawCost[]];
    const isSame = others.every(({ samples, sum }) => samples === first.samples && sum === first.sum);
    figures.push(mustBe("… the same samples", `${first.samples}`, isSame));
  }
  const { fromMs, toMs } = spanOf(FULL_SITE, days);
  const range = { site_name: FULL_SITE, point_names: [...POINTS], start_time: fromMs, end_time: toMs };
  const peakBytes = rollupMemory(folder, { ...range, interval: "raw", limit: ROWS_MAX });
  return [...figures, atMost("… a page of 20 points by months: live memory", peakBytes / MIB, 64, " MiB")];
}

interface RawCost {
  readonly requests: number;
  readonly bytes: number;
  readonly cpuSeconds: number;
  readonly samples: number;
  /** Of times and values. */
  readonly sum: number;
}

async function readYear(source: SampleSource, points: readonly string[], days: number): Promise<RawCost> {
  const meter = newMeter();
  const before = process.cpuUsage();
  let [samples, sum] = [0, 0];
  for await (const { series } of source.days({ ...spanOf(FULL_SITE, days), points }, meter)) {
    for (const { ms, value } of series) {
      samples += ms.length;
      for (let row = 0; row < ms.length; row++) sum += (ms[row] as number) / DAY_MS + (value[row] as number);
    }
  }
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  return { requests: meter.r2Requests, bytes: meter.bytesRead, cpuSeconds, samples, sum };
}

/** The months of the year, out of the samples of its first day, which are those of every day. */
async function writeMonths(folder: string, days: number): Promise<Figure> {
  const cold = new ColdSource(new FileArchive(folder), new Footers(() => 0));
  const ofDay = new Map<string, Series>();
  for await (const { series } of cold.days({ ...spanOf(FULL_SITE, 1), points: POINTS }, newMeter())) {
    for (const [at, each] of series.entries()) ofDay.set(POINTS[at] as string, each);
  }
  const on = ({ ms, value }: Series, day: UtcDay): Series => {
    const shiftMs = dayStartMs(day) - dayStartMs(FIRST_DAY);
    return { ms: ms.map((at) => at + shiftMs), value };
  };
  const end = addDays(FIRST_DAY, days);
  let [bytes, indexBytes] = [0, 0];
  const periods = periodsOf(FIRST_DAY, addDays(end, -1), "raw");
  for (const period of periods) {
    const held = daysOfPeriod(period).filter((day) => day >= FIRST_DAY && day < end);
    const samples = new Map(
      [...ofDay].map(([name, series]) => [name, joinSeries(held.map((day) => on(series, day)))] as const),
    );
    const layout = { site: FULL_SITE, period, days: held, names: REFERENCE_NAMES, samples };
    const key = rollupKey(FULL_SITE, period);
    const size = writeMonth(join(folder, key), layout);
    bytes += size;
    const part = await new FileArchive(folder).read(key, { suffix: 1024 * 1024 });
    if (part?.bytes) indexBytes = Math.max(indexBytes, RollupIndex.read(part.bytes, size).packed.length);
  }
  const months = `${(bytes / periods.length / MIB).toFixed(0)} MiB, with an index of ${kb(indexBytes)}`;
  return report("a month of raw samples", months);
}
