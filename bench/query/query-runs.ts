import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { daysOf, utcDayOf } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import { ColdSource, Footers } from "../../src/query/cold/cold.ts";
import { newMeter } from "../../src/query/cost.ts";
import type { SampleQuery } from "../../src/query/source.ts";
import { FileArchive } from "../data/file-archive.ts";
import { type BenchArchive, FIRST_DAY, WARM_UP } from "../data/query-archive.ts";
import { withLatency } from "./latency.ts";
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

/** Asks twice: with nothing known, and then with the footers known. */
export async function askArchive(
  folder: string,
  asked: Span,
  latencyMs = 0,
): Promise<{ cold: ArchiveCost; warm: ArchiveCost }> {
  const files = new FileArchive(folder);
  const archive = latencyMs > 0 ? withLatency(files, latencyMs) : files;
  const source = new ColdSource(archive, new Footers(() => Date.now()));
  return { cold: await ask(source, asked), warm: await ask(source, asked) };
}

async function ask(source: ColdSource, asked: Span): Promise<ArchiveCost> {
  const meter = newMeter();
  const startMs = performance.now();
  const before = process.cpuUsage();
  let samples = 0;
  let sum = 0;
  for await (const { series } of source.days(asked, meter)) {
    for (const { value } of series) {
      samples += value.length;
      for (const one of value) sum += one;
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

/** In a process of its own, that has read one small file before. */
export async function askRival(
  rival: "duckdb" | "hyparquet",
  { folder }: BenchArchive,
  asked: Span,
): Promise<Cost> {
  const files = daysOf(utcDayOf(asked.fromMs), utcDayOf(asked.toMs - 1)).map((day) =>
    join(folder, objectKey(asked.site, day)),
  );
  const script = join(import.meta.dirname, "query-rival.ts");
  const warmUp = join(folder, objectKey(WARM_UP, FIRST_DAY));
  const { points, fromMs, toMs } = asked;
  const line = execFileSync(
    process.execPath,
    [script, rival, warmUp, JSON.stringify(points), String(fromMs), String(toMs), ...files],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  const { reads, ...figures } = JSON.parse(line) as RivalFigures;
  return { requests: reads, ...figures };
}

export const KB = 1024;

export const kb = (bytes: number) => `${Math.round(bytes / KB)} KB`;

export const costs = ({ requests, bytes, cpuSeconds }: Cost) =>
  `${requests} reads, ${kb(bytes)}, ${(cpuSeconds * 1000).toFixed(0)} ms CPU`;

/** Samples as many, and of the same sum, which is added up in another order. */
export const same = (first: Cost, ...others: Cost[]) =>
  others.every(({ samples, sum }) => samples === first.samples && Math.abs(sum - first.sum) < 1e-6 * samples);

export const times = <What extends string>(
  cost: Readonly<Record<What, number>>,
  other: Readonly<Record<What, number>>,
  what: What,
) => cost[what] / other[what];
