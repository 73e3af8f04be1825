import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { daysOf, utcDayOf } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import { ColdSource, Footers } from "../../src/query/cold/cold.ts";
import { newMeter } from "../../src/query/cost.ts";
import type { SampleQuery } from "../../src/query/source.ts";
import { type BenchArchive, FIRST_DAY, FileArchive, WARM_UP, withLatency } from "../data/data.ts";
import { kb } from "../measure/measure.ts";
import type { RivalFigures } from "./query-rival.ts";

export type Span = SampleQuery;

export interface Cost {
  readonly requests: number;
  readonly bytes: number;
  readonly cpuSeconds: number;
  readonly samples: number;
  readonly sum: number;
}

export interface ArchiveCost extends Cost {
  readonly elapsedSeconds: number;
}

/** Reads the samples of a query twice: with no footer known (cold), then with the footers known (warm). */
export async function readArchive(
  folder: string,
  query: Span,
  latencyMs = 0,
): Promise<{ cold: ArchiveCost; warm: ArchiveCost }> {
  const files = new FileArchive(folder);
  const archive = latencyMs > 0 ? withLatency(files, latencyMs) : files;
  const source = new ColdSource(archive, new Footers(() => Date.now()));
  return { cold: await readOnce(source, query), warm: await readOnce(source, query) };
}

async function readOnce(source: ColdSource, query: Span): Promise<ArchiveCost> {
  const meter = newMeter();
  const startMs = performance.now();
  const before = process.cpuUsage();
  let samples = 0;
  let sum = 0;
  for await (const { series } of source.days(query, meter)) {
    for (const { value } of series) {
      samples += value.length;
      for (const each of value) sum += each;
    }
  }
  const { user, system } = process.cpuUsage(before);
  return {
    requests: meter.r2Requests,
    bytes: meter.bytesRead,
    cpuSeconds: (user + system) / 1e6,
    elapsedSeconds: (performance.now() - startMs) / 1000,
    samples,
    sum,
  };
}

/** Reads the same samples by a rival, in a separate process that has read a small file before. */
export async function readByRival(
  rival: "duckdb" | "hyparquet",
  { folder }: BenchArchive,
  query: Span,
): Promise<Cost> {
  const files = daysOf(utcDayOf(query.fromMs), utcDayOf(query.toMs - 1)).map((day) =>
    join(folder, objectKey(query.site, day)),
  );
  const script = join(import.meta.dirname, "query-rival.ts");
  const warmUp = join(folder, objectKey(WARM_UP, FIRST_DAY));
  const { points, fromMs, toMs } = query;
  const line = execFileSync(
    process.execPath,
    [script, rival, warmUp, JSON.stringify(points), String(fromMs), String(toMs), ...files],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  const { reads, ...figures } = JSON.parse(line) as RivalFigures;
  return { requests: reads, ...figures };
}

export const costs = ({ requests, bytes, cpuSeconds }: Cost) =>
  `${requests} reads, ${kb(bytes)}, ${(cpuSeconds * 1000).toFixed(0)} ms CPU`;

/** Whether the samples are as many and their sums equal but for the order of addition. */
export const same = (first: Cost, ...others: Cost[]) =>
  others.every(({ samples, sum }) => samples === first.samples && Math.abs(sum - first.sum) < 1e-6 * samples);

export const times = <What extends string>(
  cost: Readonly<Record<What, number>>,
  other: Readonly<Record<What, number>>,
  what: What,
) => cost[what] / other[what];
