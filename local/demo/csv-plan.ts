import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { CSV_FORM, type CsvTable, CsvUnreadable, readCsv } from "../../simulator/csv/csv.ts";
import { addDays, daysBetween, daysOf, type UtcDay, utcDayOf } from "../../src/domain/day.ts";
import { CommandError } from "../../terminal/terminal.ts";

export interface CsvFile {
  readonly path: string;
  /** The name of the file's point. */
  readonly point: string;
  readonly form: Omit<CsvTable, "rows">;
  readonly rows: number;
  readonly from: UtcDay;
  readonly to: UtcDay;
}

/** Reads the points, rows and days of the files. Throws `CommandError` for an unreadable file. */
export function openCsvFiles(paths: readonly string[]): CsvFile[] {
  const points = new Map<string, number>();
  return paths.map((path) => {
    const name = basename(path, ".csv");
    const seen = (points.get(name) ?? 0) + 1;
    points.set(name, seen);
    const { rows, ...form } = readTable(path);
    // Not Math.min(...): a file may have more rows than a call takes arguments.
    const first = rows.reduce((least, { micros }) => Math.min(least, micros), Number.POSITIVE_INFINITY);
    const last = rows.reduce((greatest, { micros }) => Math.max(greatest, micros), 0);
    return {
      path,
      point: `csv/${name}${seen > 1 ? `_${seen}` : ""}`,
      form,
      rows: rows.length,
      from: utcDayOf(first / 1000),
      to: utcDayOf(last / 1000),
    };
  });
}

/** The rows of a file. Throws `CommandError` with the reason and the form that is expected. */
function readTable(path: string): CsvTable {
  try {
    return readCsv(path, readFileSync(path, "utf8"));
  } catch (cause) {
    const problem = cause instanceof CsvUnreadable ? cause.message : `${path} can't be read.`;
    throw new CommandError(problem, CSV_FORM, { cause });
  }
}

/** The largest number of days of one start. */
const RANGE_DAYS = 366;

/** The files' days as ranges, one for each start, in order; only days before `today` can be archived. */
export function rangesOf(files: readonly CsvFile[], today: UtcDay): { from: UtcDay; to: UtcDay }[] {
  const days = [...new Set(files.flatMap(({ from, to }) => daysOf(from, to)))]
    .filter((day) => day < today)
    .sort();
  const ranges: { from: UtcDay; to: UtcDay }[] = [];
  for (const day of days) {
    const open = ranges.at(-1);
    if (open && day === addDays(open.to, 1) && daysBetween(open.from, day) < RANGE_DAYS) open.to = day;
    else ranges.push({ from: day, to: day });
  }
  return ranges;
}

/** A short hash of the files' contents, so that days that were backfilled from other files do not count as done. */
export function fingerprintOf(files: readonly CsvFile[]): string {
  const hash = createHash("sha256");
  for (const { path, point } of files) {
    hash.update(JSON.stringify([point]));
    hash.update(createHash("sha256").update(readFileSync(path)).digest());
  }
  return hash.digest("hex").slice(0, 12);
}
