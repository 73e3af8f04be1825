import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { daysOf, utcDayOf } from "../src/domain/day.ts";
import { objectKey } from "../src/domain/layout.ts";
import { ColdSource } from "../src/query/cold/cold-source.ts";
import { Footers } from "../src/query/cold/footers.ts";
import { newMeter, type SampleQuery } from "../src/query/source.ts";
import { FileRanges } from "./file-ranges.ts";
import type { RivalFigures } from "./query-rival.ts";

export type Span = SampleQuery;

export interface Cost {
  readonly requests: number;
  readonly bytes: number;
  readonly cpuSeconds: number;
  readonly samples: number;
  readonly sum: number;
}

/** Asks twice: with nothing known, and then with the footers known. */
export async function askArchive(folder: string, asked: Span): Promise<{ cold: Cost; warm: Cost }> {
  const source = new ColdSource(new FileRanges(folder), new Footers(() => Date.now()));
  return { cold: await ask(source, asked), warm: await ask(source, asked) };
}

async function ask(source: ColdSource, asked: Span): Promise<Cost> {
  const meter = newMeter();
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
    samples,
    sum,
  };
}

/** `warmUp` is read before what is measured. */
export async function askRival(
  rival: "duckdb" | "hyparquet",
  folder: string,
  asked: Span,
  warmUp: string,
): Promise<Cost> {
  const files = daysOf(utcDayOf(asked.fromMs), utcDayOf(asked.toMs - 1)).map((day) =>
    join(folder, objectKey(asked.site, day)),
  );
  const script = join(import.meta.dirname, "query-rival.ts");
  const { points, fromMs, toMs } = asked;
  const line = execFileSync(
    process.execPath,
    [script, rival, join(folder, warmUp), JSON.stringify(points), String(fromMs), String(toMs), ...files],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  const { reads, ...figures } = JSON.parse(line) as RivalFigures;
  return { requests: reads, ...figures };
}
