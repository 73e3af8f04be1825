/**
 * What reading the archive costs: `npm run bench:query [-- --only day|year|rollups|memory|worker --days 366
 * --row-group-size 10000]`. Full days of the reference site, and a year of a smaller site, by the query's own source, by
 * DuckDB and by plain hyparquet on the same files in the same run; the memory in use meanwhile; and the Query
 * Worker on workerd. Prints figures beside their bounds and ends with 1 where a figure exceeds its bound.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FIRST_DAY, madeUpNames, WARM_UP, writeDay } from "../data/data.ts";
import { runParts } from "../measure/measure.ts";
import { fullDayFigures } from "./query-day.ts";
import { memoryFigures } from "./query-memory.ts";
import { yearFigures } from "./query-year.ts";
import { rollupFigures } from "./rollup/rollup.ts";
import { workerFigures } from "./workerd/workerd.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    days: { type: "string", default: "366" },
    "row-group-size": { type: "string", default: "10000" },
  },
});
const days = Number(values.days);
const folder = mkdtempSync(join(tmpdir(), "bench-query-"));
const archive = { folder, rowGroupSize: Number(values["row-group-size"]) };

await runParts(
  {
    day: { title: "A full day, one point", figures: () => fullDayFigures(archive) },
    year: { title: "A year, one point", figures: () => yearFigures(archive, days) },
    rollups: { title: "Roll-ups, over a year", figures: () => rollupFigures(archive, days) },
    memory: { title: "Memory, over a year", figures: () => memoryFigures(archive, days) },
    worker: { title: "The Query Worker on workerd", figures: (run) => workerFigures(archive, run) },
  },
  values.only,
  (run) => {
    run.onEnd(() => rmSync(folder, { recursive: true }));
    writeDay(archive, WARM_UP, FIRST_DAY, madeUpNames(10), 1_000, 1);
  },
);
