import type { SiteOptions } from "../../simulator/options.ts";
import { addDays, daysOf, utcDayOf } from "../../src/domain/day.ts";
import { CommandError, formatCount } from "../../terminal/terminal.ts";
import { BUILDING_SIZE, BUILDINGS } from "../stack/stack.ts";
import type { ChartRequest } from "./chart-query.ts";
import { type CsvComparison, compareCsv, comparisonTable } from "./csv-check.ts";
import { type CsvFile, fingerprintOf, openCsvFiles, rangesOf } from "./csv-plan.ts";
import type { LivePoint } from "./live-half.ts";
import type { OpenedObjects } from "./object-contents.ts";
import type { DayRange } from "./run-backfill.ts";

/** What the demo backfills, and how it checks the result. */
export interface Scenario {
  /** The name of the state directory in `.state`. */
  readonly name: string;
  readonly sites: readonly SiteOptions[];
  readonly about: readonly string[];
  readonly ranges: readonly DayRange[];
  readonly samplesPerDay: number;
  /** The point that is queried and drawn at the end. */
  readonly chart: ChartRequest;
  /** The point whose newest samples are drawn; without it the site has no present. */
  readonly live?: LivePoint;
  /** The command of the other scenario, printed at the end. */
  readonly other: string;
  /** Further checks of the objects, printed through `print`; returns what is wrong. */
  check(opened: OpenedObjects, width: number, print: (line: string) => void): Promise<string[]>;
}

/** Days that the made-up scenario backfills. */
const DAYS = 3;

/** Made-up buildings: the last days that are over, up to where the newest samples begin. */
export function madeUpScenario(nowMs: number): Scenario {
  const [site = ""] = BUILDINGS.map(({ name }) => name);
  const today = utcDayOf(nowMs);
  const range = { from: addDays(today, -DAYS), to: addDays(today, -1) };
  const point = `ses/${site}/weather/temp`;
  return {
    name: "demo/buildings",
    sites: BUILDINGS,
    about: [
      `2 sites of ${formatCount(BUILDING_SIZE.pointsPerSite)} points and ${formatCount(BUILDING_SIZE.samplesPerDay)} samples a day`,
    ],
    ranges: [range],
    samplesPerDay: BUILDING_SIZE.samplesPerDay,
    chart: { site, point, range },
    live: { site, point },
    other: "npm run demo -- --csv FILE…   backfill your own series, and compare every row",
    check: async () => [],
  };
}

/** The user's files, each as a point of one site. Throws `CommandError` for files that can't be read or archived. */
export function csvScenario(paths: readonly string[], nowMs: number): Scenario {
  const files = openCsvFiles(paths);
  const today = utcDayOf(nowMs);
  const ranges = rangesOf(files, today);
  const [last, newest] = [ranges.at(-1), [...files].sort((a, b) => (a.to < b.to ? -1 : 1)).at(-1)];
  if (!last || !newest) {
    throw new CommandError("Every row is on a day that is not over (UTC).", "Give files with older rows.");
  }
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const site = "csv_site";
  return {
    name: `demo/csv-${fingerprintOf(files)}`,
    sites: [{ name: site, csv: files.map(({ path, point }) => ({ path, name: point })) }],
    about: files.map(aboutFile),
    ranges,
    samplesPerDay: rows / ranges.flatMap(({ from, to }) => daysOf(from, to)).length,
    chart: { site, point: newest.point, range: last },
    other: "npm run demo                  made-up buildings with more points and more samples",
    async check(opened, width, print) {
      const comparisons = [];
      for (const file of files) comparisons.push(await compareCsv(file, opened, today));
      print("\nEvery row of the files compared with the CSV, by DuckDB:\n");
      for (const line of comparisonTable(comparisons, width)) print(line);
      if (files.some((file) => file.to >= today)) print(`Rows of ${today} (UTC) and later were left out.`);
      return comparisons.flatMap(faultsOf);
    },
  };
}

/** What is wrong with a file's point. Nothing was archived of a file whose every value was rejected. */
export function faultsOf({ file, csvRows, fileRows, differences }: CsvComparison): string[] {
  if (differences > 0) return [`${file.point}: ${differences} rows differ from ${file.path}`];
  if (csvRows === 0 || fileRows > 0) return [];
  return [
    `${file.point}: none of the ${formatCount(csvRows)} values is a number, so nothing was archived. Write values as 21.5, or as true, active, on, false, inactive or off`,
  ];
}

function aboutFile({ point, rows, from, to, form }: CsvFile): string {
  const header = form.hasHeader ? "a header" : "no header";
  const commas = form.hasDecimalCommas ? ", decimal commas" : "";
  return `${point}: ${formatCount(rows)} rows, ${from} to ${to}; ${header}, ${form.times}${commas}`;
}
