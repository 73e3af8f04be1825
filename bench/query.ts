/**
 * What reading the archive costs: `npm run bench:query [-- --only day|year|layouts --days 366 --row-group-size 10000]`. Full
 * days of the reference site, and a year of a smaller one, by the query's own source, by DuckDB and by plain hyparquet
 * on the same files in the same run. Prints figures beside their bounds and ends with 1 where one is over.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { madeUpNames } from "./made-up-day.ts";
import { FIRST_DAY, WARM_UP, writeDay } from "./query-archive.ts";
import { fullDayFigures } from "./query-day.ts";
import { printLayouts } from "./query-layouts.ts";
import { yearFigures } from "./query-year.ts";
import { verdict } from "./verdict.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    days: { type: "string", default: "366" },
    "row-group-size": { type: "string", default: "10000" },
  },
});

const folder = mkdtempSync(join(tmpdir(), "bench-query-"));
const archive = { folder, rowGroupSize: Number(values["row-group-size"]) };
try {
  writeDay(archive, WARM_UP, FIRST_DAY, madeUpNames(10), 1_000, 1);
  let good = true;
  if (values.only === undefined || values.only === "day") {
    good = verdict("A full day, one point", await fullDayFigures(archive));
  }
  if (values.only === undefined || values.only === "year") {
    good = verdict("A year, one point", await yearFigures(archive, Number(values.days))) && good;
  }
  if (values.only === "layouts") {
    printLayouts("A small day", 458, 100_000);
    printLayouts("A full day", 4_583, 3_741_234);
  }
  process.exitCode = good ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
