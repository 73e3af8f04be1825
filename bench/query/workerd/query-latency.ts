import { ColdSource, Footers } from "../../../src/query/cold/cold.ts";
import { newMeter } from "../../../src/query/cost.ts";
import type { SampleQuery } from "../../../src/query/source.ts";
import { type BenchArchive, FileArchive, FULL_SITE, spanOf, withLatency } from "../../data/data.ts";
import { type Figure, report } from "../../measure/measure.ts";
import type { Case } from "./query-cases.ts";

/** Times of a read of R2, near and far. */
const LATENCIES_MS = [20, 50];

/** The time of answers from the archive with latency, six reads at a time; R2 on this machine has none. */
export async function latencyFigures({ folder }: BenchArchive, cases: readonly Case[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { title, points, days } of cases) {
    for (const latencyMs of LATENCIES_MS) {
      const archive = withLatency(new FileArchive(folder), latencyMs);
      const source = new ColdSource(archive, new Footers(() => Date.now()));
      const query = { ...spanOf(FULL_SITE, days), points };
      const [first, again] = [await timed(source, query), await timed(source, query)];
      figures.push(
        report(`cold, in Node, ${latencyMs} ms a read: ${title}`, `first ${first} ms, again ${again} ms`),
      );
    }
  }
  return figures;
}

async function timed(source: ColdSource, query: SampleQuery): Promise<string> {
  const began = performance.now();
  for await (const _ of source.days(query, newMeter()));
  return (performance.now() - began).toFixed(0);
}
