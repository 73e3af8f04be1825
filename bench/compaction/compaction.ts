/**
 * What a file of raw samples a month would bring and cost: `npm run bench:compaction [-- --days 31]`. A month of full days
 * of the reference site is written and compacted in several layouts; then a year of one point and of 20 points is read
 * from day files, from raw roll-ups as the Query Worker reads them, and from the other layouts. Prints ratios side by side.
 * Takes some minutes, 3 GB of disk and 1 GB of memory.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { addDays, daysOf } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { FIRST_DAY, REFERENCE_NAMES, spanOf } from "../data/data.ts";
import { type Figure, kb, MIB, report, runParts } from "../measure/measure.ts";
import { compactMonth } from "./compact-month.ts";
import { writeMonthDays } from "./month-days.ts";
import { type Layout, MonthFile, measureMonth } from "./month-layout.ts";
import { readingFigures } from "./reading.ts";
import { RollupMonth } from "./rollup-month.ts";

const { values } = parseArgs({ options: { days: { type: "string", default: "31" } } });
const days = daysOf(FIRST_DAY, addDays(FIRST_DAY, Number(values.days) - 1));
const SITE = "ses_falls_city" as SiteName;

/** Other layouts than that of roll-ups, whose row groups a reader finds by the footer. */
const LAYOUTS: readonly Layout[] = [
  { title: "10,000 rows a row group", rows: 10_000, isPointWhole: false },
  { title: "whole points, 100,000 rows a row group", rows: 100_000, isPointWhole: true },
];

const folder = mkdtempSync(join(tmpdir(), "bench-compaction-"));

async function figures(): Promise<Figure[]> {
  const dayBytes = writeMonthDays(folder, SITE, days);
  mkdirSync(join(folder, "month"), { recursive: true });
  const { fromMs } = spanOf(SITE, 1);
  const layouts = LAYOUTS.map(
    (layout, at) =>
      new MonthFile(join(folder, "month", `${at}.parquet`), layout, SITE, REFERENCE_NAMES, fromMs),
  );
  const files = [new RollupMonth(join(folder, "month", "rollup.parquet"), SITE, days), ...layouts];
  const cost = await compactMonth(folder, SITE, days, files);
  const months = files.map((file) => ({ file, figures: measureMonth(file) }));
  const ofDays = (bytes: number) =>
    `${(bytes / MIB).toFixed(1)} MiB, ${(bytes / dayBytes).toFixed(2)} of the days`;
  return [
    report(`${days.length} day files of ${cost.rows} samples`, `${(dayBytes / MIB).toFixed(1)} MiB`),
    report("reading and merging them, CPU", `${cost.mergeCpuSeconds.toFixed(1)} s`),
    ...months.flatMap(({ file: { title }, figures: month }, at) => [
      report(`${title}: file`, ofDays(month.bytes)),
      report(`${title}: encoding, CPU`, `${(cost.encodeCpuSeconds[at] as number).toFixed(1)} s`),
      report(`${title}: row groups`, String(month.groups)),
      report(
        `${title}: footer`,
        `${kb(month.footerBytes)}, ${(month.footerCpuSeconds * 1000).toFixed(0)} ms CPU to parse`,
      ),
      ...(month.indexBytes === undefined ? [] : [report(`${title}: index`, kb(month.indexBytes))]),
    ]),
    ...(await readingFigures(folder, SITE, days, layouts)),
  ];
}

await runParts({ month: { title: "Raw samples by the month", figures } }, undefined, (run) => {
  run.onEnd(() => rmSync(folder, { recursive: true }));
});
