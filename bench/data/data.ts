/** Made-up days as files in a folder, and an archive that reads them. The door of this folder. */
export { FileArchive, withLatency } from "./file-archive.ts";
export { FULL_SITE, FULL_YEAR_POINTS, fullYear } from "./full-year.ts";
export { madeUpNames, madeUpRuns, pointKinds, REFERENCE_NAMES, REFERENCE_SAMPLES } from "./made-up-day.ts";
export { type MonthLayout, writeMonth } from "./made-up-month.ts";
export { madeUpHours, type RollupLayout, writeRollup } from "./made-up-rollup.ts";
export { type BenchArchive, FIRST_DAY, spanOf, spread, WARM_UP, writeDay } from "./query-archive.ts";
export { randomOf } from "./random.ts";
export { ShiftedFile } from "./shifted-file.ts";
export { SMALL_NAMES, SMALL_SITE, writeSmallDays } from "./small-year.ts";
