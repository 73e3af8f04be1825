/**
 * What reading the archive costs: `npm run bench:query [-- --only day|year|memory|worker --days 366 --row-group-size
 * 10000]`. Full days of the reference site, and a year of a smaller one, by the query's own source, by DuckDB and by
 * plain hyparquet on the same files in the same run; what is held in memory meanwhile; and the Query Worker on workerd.
 * Prints figures beside their bounds and ends with 1 where one is over.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Run, runToEnd } from "../local/run.ts";
import { objectKey } from "../src/domain/layout.ts";
import type { SiteName } from "../src/domain/site.ts";
import { madeUpNames } from "./made-up-day.ts";
import { type BenchArchive, FIRST_DAY, writeDay } from "./query-archive.ts";
import { fullDayFigures } from "./query-day.ts";
import { memoryFigures } from "./query-memory.ts";
import { workerFigures } from "./query-worker.ts";
import { yearFigures } from "./query-year.ts";
import { type Figure, verdict } from "./verdict.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    days: { type: "string", default: "366" },
    "row-group-size": { type: "string", default: "10000" },
  },
});
const DAYS = Number(values.days);
const WARM_UP = "warm_up" as SiteName;

interface Part {
  readonly title: string;
  figures(archive: BenchArchive, run: Run): Promise<Figure[]>;
}
const PARTS: Readonly<Record<string, Part>> = {
  day: { title: "A full day, one point", figures: (archive) => fullDayFigures(archive) },
  year: { title: "A year, one point", figures: (archive) => yearFigures(archive, DAYS) },
  memory: { title: "Memory, over a year", figures: (archive) => memoryFigures(archive, DAYS) },
  worker: { title: "The Query Worker on workerd", figures: workerFigures },
};

await runToEnd(async (run) => {
  const folder = mkdtempSync(join(tmpdir(), "bench-query-"));
  run.onEnd(() => rmSync(folder, { recursive: true }));
  const rowGroupSize = Number(values["row-group-size"]);
  const archive = { folder, rowGroupSize, warmUp: objectKey(WARM_UP, FIRST_DAY) };
  writeDay(archive, WARM_UP, FIRST_DAY, madeUpNames(10), 1_000, 1);
  let good = true;
  for (const [name, { title, figures }] of Object.entries(PARTS)) {
    if (values.only !== undefined && values.only !== name) continue;
    good = verdict(title, await figures(archive, run)) && good;
  }
  return good ? 0 : 1;
});
