import type { SiteOptions } from "../../simulator/options.ts";
import { daysOf, utcDayOf } from "../../src/domain/day.ts";
import { CommandError, formatCount } from "../../terminal/terminal.ts";
import { BUILDING_SIZE, BUILDINGS } from "../stack/stack.ts";
import { compareCsv, verdictTable } from "./csv-check.ts";
import { type CsvFile, fingerprintOf, openCsvFiles, rangesOf } from "./csv-plan.ts";
import type { Drawn } from "./drawn-query.ts";
import type { OpenedObjects } from "./object-facts.ts";
import type { DayRange } from "./run-backfill.ts";

/** What is backfilled and how its outcome is looked at. */
export interface Scenario {
  /** Of the state, below `.state`. */
  readonly name: string;
  readonly sites: readonly SiteOptions[];
  readonly about: readonly string[];
  readonly ranges: readonly DayRange[];
  readonly samplesPerDay: number;
  /** The point that is asked for and drawn at the end. */
  readonly drawn: Drawn;
  /** The command that shows something else. */
  readonly other: string;
  /** Further checks of the objects, printed through `say`; answers what is wrong. */
  check(opened: OpenedObjects, width: number, say: (line: string) => void): Promise<string[]>;
}

export function madeUpBuildings(): Scenario {
  const [site = ""] = BUILDINGS.map(({ name }) => name);
  const range = { from: "2024-01-01", to: "2024-01-03" };
  return {
    name: "demo/buildings",
    sites: BUILDINGS,
    about: [
      `2 sites of ${formatCount(BUILDING_SIZE.pointsPerSite)} points and ${formatCount(BUILDING_SIZE.samplesPerDay)} samples a day`,
    ],
    ranges: [range],
    samplesPerDay: BUILDING_SIZE.samplesPerDay,
    drawn: { site, point: `ses/${site}/weather/temp`, range },
    other: "npm run demo -- --csv FILE…   your own timestamp,value files, compared row by row",
    check: async () => [],
  };
}

/** Files of a user: each a point of one site. Throws `CommandError` for what can't be read or archived. */
export function csvFiles(paths: readonly string[], nowMs: number): Scenario {
  const files = openCsvFiles(paths);
  const today = utcDayOf(nowMs);
  const ranges = rangesOf(files, today);
  const [last, newest] = [ranges.at(-1), [...files].sort((a, b) => (a.to < b.to ? -1 : 1)).at(-1)];
  if (!last || !newest) {
    throw new CommandError("Every row lies on a day that is not over (UTC).", "Name files with older rows.");
  }
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const site = "csv_site";
  return {
    name: `demo/csv-${fingerprintOf(files)}`,
    sites: [{ name: site, csv: files.map(({ path, point }) => ({ path, name: point })) }],
    about: files.map(aboutFile),
    ranges,
    samplesPerDay: rows / ranges.flatMap(({ from, to }) => daysOf(from, to)).length,
    drawn: { site, point: newest.point, range: last },
    other: "npm run demo                  made-up buildings: more points, more samples",
    async check(opened, width, say) {
      const verdicts = [];
      for (const file of files) verdicts.push(await compareCsv(file, opened, today));
      say("\nEvery row of the files against the CSV, by DuckDB:\n");
      for (const line of verdictTable(verdicts, width)) say(line);
      if (files.some((file) => file.to >= today)) say(`Rows of ${today} (UTC) and later were left out.`);
      return verdicts.flatMap(({ file, differences }) =>
        differences === 0 ? [] : [`${file.point}: ${differences} rows differ from ${file.path}`],
      );
    },
  };
}

const aboutFile = (file: CsvFile) =>
  `${file.point}: ${formatCount(file.rows)} rows, ${file.from} to ${file.to}`;
