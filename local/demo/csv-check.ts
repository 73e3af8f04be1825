import { dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { type Column, formatCount, tableLines } from "../../terminal/terminal.ts";
import type { CsvFile } from "./csv-plan.ts";
import { everyRow, type OpenedObjects, quoted } from "./object-contents.ts";

/** One CSV file compared with its point in the archive, counted by DuckDB. */
export interface CsvComparison {
  readonly file: CsvFile;
  /** Rows on days before today; only those days can be archived. */
  readonly csvRows: number;
  readonly notNumbers: number;
  /** Distinct milliseconds of rows with a number. */
  readonly distinctMs: number;
  readonly fileRows: number;
  /** Rows on either side without a row of equal millisecond and value on the other. */
  readonly differences: number;
}

export async function compareCsv(
  file: CsvFile,
  opened: OpenedObjects,
  today: UtcDay,
): Promise<CsvComparison> {
  const rows = everyRow(opened);
  if (rows === undefined) throw new Error("there are no objects to compare with");
  const { duckdb } = opened;
  // The archive's rule in SQL: the latest microsecond of a millisecond wins, then the greater number.
  const reader = await duckdb.runAndReadAll(`
    WITH lines AS (
      -- Lines are split here, so that an extra comma makes a bad value and not a bad file.
      SELECT split_part(line, ',', 1) AS time, lower(trim(substr(line, strpos(line, ',') + 1))) AS text
      FROM read_csv(${quoted(file.path)}, header = true, delim = E'\\x01', quote = '', escape = '',
        columns = {'line': 'VARCHAR'})
      WHERE line <> ''
    ),
    csv AS (
      SELECT epoch_us(CAST(time AS TIMESTAMP)) AS us,
        CASE
          WHEN text IN ('true', 'active', 'on') THEN 1.0
          WHEN text IN ('false', 'inactive', 'off') THEN 0.0
          WHEN regexp_full_match(text, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?')
            AND isfinite(TRY_CAST(text AS DOUBLE)) THEN TRY_CAST(text AS DOUBLE)
        END AS number
      FROM lines WHERE us < ${dayStartMs(today) * 1000}
    ),
    wanted AS (
      SELECT us // 1000 AS ms, arg_max(number, (us, number)) AS number FROM csv
      WHERE number IS NOT NULL GROUP BY ms
    ),
    stored AS (
      SELECT epoch_ms(timestamp) AS ms, value AS number FROM ${rows} WHERE point_name = ${quoted(file.point)}
    )
    SELECT
      (SELECT count(*) FROM csv) AS csv_rows,
      (SELECT count(*) FROM csv WHERE number IS NULL) AS not_numbers,
      (SELECT count(*) FROM wanted) AS distinct_ms,
      (SELECT count(*) FROM stored) AS file_rows,
      (SELECT count(*) FROM (FROM wanted EXCEPT ALL FROM stored))
        + (SELECT count(*) FROM (FROM stored EXCEPT ALL FROM wanted)) AS differences`);
  const [row] = reader.getRowObjects();
  const count = (name: string) => Number(row?.[name]);
  return {
    file,
    csvRows: count("csv_rows"),
    notNumbers: count("not_numbers"),
    distinctMs: count("distinct_ms"),
    fileRows: count("file_rows"),
    differences: count("differences"),
  };
}

const COLUMNS: Column[] = [
  { title: "point", align: "left" },
  { title: "rows in the CSV", align: "right" },
  { title: "not a number", align: "right" },
  { title: "distinct ms", align: "right" },
  { title: "rows in the files", align: "right" },
  { title: "differences", align: "right" },
];

export function comparisonTable(comparisons: readonly CsvComparison[], width: number): string[] {
  const rows = comparisons.map((comparison) => [
    comparison.file.point,
    formatCount(comparison.csvRows),
    formatCount(comparison.notNumbers),
    formatCount(comparison.distinctMs),
    formatCount(comparison.fileRows),
    formatCount(comparison.differences),
  ]);
  return tableLines(COLUMNS, rows, { width });
}
