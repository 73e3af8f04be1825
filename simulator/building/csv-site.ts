import { basename } from "node:path";
import { type UtcDay, utcDayOf } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { readCsv } from "../csv/csv.ts";
import { type DayTable, emptyDay, type SiteData } from "./site-data.ts";

/** The samples of one point, as `readCsv` takes them. */
export interface CsvPoint {
  /** Default: `csv/{site}/{file name without .csv}`. */
  readonly name?: string | undefined;
  readonly path: string;
  readonly text: string;
}

/**
 * A site of real measurements. Rows are in order of time, and rows of one timestamp in the order of the files;
 * duplicates stay. Values are strings as in the file. Throws `CsvUnreadable` for a file that can't be read.
 */
export function csvSite(site: SiteName, files: readonly CsvPoint[]): SiteData {
  const names = files.map((file) => file.name ?? `csv/${site}/${basename(file.path, ".csv")}`);
  const rows = files.flatMap((file, point) =>
    readCsv(file.path, file.text).rows.map(({ micros, value }) => ({
      point,
      micros,
      token: JSON.stringify(value),
    })),
  );
  // A stable sort: equal timestamps keep the order of files and lines.
  rows.sort((a, b) => a.micros - b.micros);
  const days = new Map<UtcDay, CsvRow[]>();
  for (const row of rows) {
    const day = utcDayOf(row.micros / 1000);
    const known = days.get(day);
    if (known) known.push(row);
    else days.set(day, [row]);
  }
  return {
    site,
    names,
    listed: names.map((name) => ({ name, configured: true })),
    day: (day) => csvDay(day, days.get(day) ?? []),
  };
}

interface CsvRow {
  readonly point: number;
  readonly micros: number;
  readonly token: string;
}

function csvDay(day: UtcDay, rows: readonly CsvRow[]): DayTable {
  if (rows.length === 0) return emptyDay(day);
  const bursts = [...Map.groupBy(rows, (row) => row.micros).values()];
  return {
    day,
    micros: Float64Array.from(bursts, (burst) => burst[0]?.micros ?? 0),
    rowsIn: (index) => bursts[index]?.length ?? 0,
    draw(index) {
      const burst = bursts[index] ?? [];
      return {
        points: Uint32Array.from(burst, (row) => row.point),
        tokens: burst.map((row) => row.token),
      };
    },
  };
}
