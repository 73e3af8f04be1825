/**
 * What reading the archive costs: `npm run bench:query [-- --only day|year|memory|worker|layouts --days 366
 * --row-group-size 10000]`. Full days of the reference site, and a year of a smaller one, by the query's own source, by
 * DuckDB and by plain hyparquet on the same files in the same run; what is held in memory meanwhile; and the Query
 * Worker on workerd. `layouts`, which compares files of other row groups, only where it is named.
 * Prints figures beside their bounds and ends with 1 where one is over.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CommandError, type CommandRun, runToEnd } from "../../terminal/terminal.ts";
import { madeUpNames } from "../data/made-up-day.ts";
import { type BenchArchive, FIRST_DAY, WARM_UP, writeDay } from "../data/query-archive.ts";
import { type Figure, verdict } from "../run/verdict.ts";
import { fullDayFigures } from "./query-day.ts";
import { printLayouts } from "./query-layouts.ts";
import { memoryFigures } from "./query-memory.ts";
import { workerFigures } from "./query-worker.ts";
import { yearFigures } from "./query-year.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    days: { type: "string", default: "366" },
    "row-group-size": { type: "string", default: "10000" },
  },
});
const DAYS = Number(values.days);

interface Part {
  readonly title: string;
  figures(archive: BenchArchive, run: CommandRun): Promise<Figure[]>;
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
  const archive = { folder, rowGroupSize };
  const known = [...Object.keys(PARTS), "layouts"];
  if (values.only !== undefined && !known.includes(values.only)) {
    throw new CommandError(`--only ${values.only} is no part.`, `Parts are ${known.join(", ")}.`);
  }
  if (values.only === "layouts") {
    printLayouts("A small day", 458, 100_000);
    printLayouts("A full day", 4_583, 3_741_234);
    return 0;
  }
  writeDay(archive, WARM_UP, FIRST_DAY, madeUpNames(10), 1_000, 1);
  let good = true;
  for (const [name, { title, figures }] of Object.entries(PARTS)) {
    if (values.only !== undefined && values.only !== name) continue;
    good = verdict(title, await figures(archive, run)) && good;
  }
  return good ? 0 : 1;
});
