import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseNaive } from "../../simulator/naive-time.ts";
import { addDays, daysBetween, daysOf, type UtcDay, utcDayOf } from "../../src/domain/day.ts";
import { CommandError } from "../../terminal/terminal.ts";

export interface CsvFile {
  readonly path: string;
  /** The name of the file's point. */
  readonly point: string;
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
    const times = timesOf(path, readText(path));
    // Not Math.min(...): a file may have more rows than a call takes arguments.
    const first = times.reduce((least, time) => Math.min(least, time));
    const last = times.reduce((greatest, time) => Math.max(greatest, time));
    return {
      path,
      point: `csv/${name}${seen > 1 ? `_${seen}` : ""}`,
      rows: times.length,
      from: utcDayOf(first / 1000),
      to: utcDayOf(last / 1000),
    };
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CommandError(
      `${path} can't be read.`,
      "Give files with `timestamp,value`, as in --csv a.csv b.csv.",
      {
        cause,
      },
    );
  }
}

function timesOf(path: string, text: string): [number, ...number[]] {
  const times = text.split(/\r?\n/).flatMap((line, index) => {
    if (index === 0 || line === "") return [];
    const comma = line.indexOf(",");
    const micros = comma < 0 ? undefined : parseNaive(line.slice(0, comma));
    if (micros !== undefined) return [micros];
    throw new CommandError(
      `${path}:${index + 1} is not "timestamp,value": ${line.slice(0, 80)}`,
      "The first line is a header; a timestamp is UTC without a time zone, such as 2024-01-15 10:30:00.5.",
    );
  });
  const [first, ...rest] = times;
  if (first === undefined)
    throw new CommandError(`${path} has no rows.`, "Give files with `timestamp,value`.");
  return [first, ...rest];
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
