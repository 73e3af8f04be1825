import { ColdSource, Footers } from "../../src/query/cold/cold.ts";
import { newMeter } from "../../src/query/cost.ts";
import type { SampleQuery } from "../../src/query/source.ts";
import { FileArchive } from "../data/file-archive.ts";
import { FULL_SITE } from "../data/full-year.ts";
import { type BenchArchive, spanOf } from "../data/query-archive.ts";
import { type Figure, told } from "../run/verdict.ts";
import { withLatency } from "./latency.ts";
import type { Case } from "./query-cases.ts";

/** What a read of R2 is said to take, from near and from far. */
const LATENCIES_MS = [20, 50];

/** How long the archive's answers take where each read does, six at a time: what R2 of this machine does not show. */
export async function latencyFigures({ folder }: BenchArchive, cases: readonly Case[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { title, points, days } of cases) {
    for (const latencyMs of LATENCIES_MS) {
      const archive = withLatency(new FileArchive(folder), latencyMs);
      const source = new ColdSource(archive, new Footers(() => Date.now()));
      const asked = { ...spanOf(FULL_SITE, days), points };
      const [first, again] = [await timed(source, asked), await timed(source, asked)];
      figures.push(
        told(`cold, in Node, ${latencyMs} ms a read: ${title}`, `first ${first} ms, again ${again} ms`),
      );
    }
  }
  return figures;
}

async function timed(source: ColdSource, asked: SampleQuery): Promise<string> {
  const began = performance.now();
  for await (const _ of source.days(asked, newMeter()));
  return (performance.now() - began).toFixed(0);
}
