import type { TimeForm } from "../../simulator/csv/csv.ts";
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
  const { delimiter, hasHeader, timeColumn, times, hasDecimalCommas } = file.form;
  const fields = ["a", "b"] as const;
  // The archive's rule in SQL: the latest microsecond of a millisecond wins, then the greater number.
  const reader = await duckdb.runAndReadAll(`
    WITH lines AS (
      SELECT trim(${fields[timeColumn]}) AS time,
        ${hasDecimalCommas ? "replace(" : ""}lower(trim(${fields[1 - timeColumn]}))${hasDecimalCommas ? ", ',', '.')" : ""} AS text
      FROM read_csv(${quoted(file.path)}, header = false, auto_detect = false, delim = ${quoted(delimiter)},
        quote = '"', escape = '"', columns = {'a': 'VARCHAR', 'b': 'VARCHAR'}, null_padding = true)
      WHERE trim(coalesce(a, '') || coalesce(b, '')) <> ''
    ),
    timed AS (SELECT ${MICROSECONDS[times]} AS us, coalesce(text, '') AS text FROM lines),
    csv AS (
      SELECT us,
        CASE
          WHEN text IN ('true', 'active', 'on') THEN 1.0
          WHEN text IN ('false', 'inactive', 'off') THEN 0.0
          WHEN regexp_full_match(text, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?')
            AND isfinite(TRY_CAST(text AS DOUBLE)) THEN TRY_CAST(text AS DOUBLE)
        END AS number
      FROM timed WHERE us < ${dayStartMs(today) * 1000}
    ),
    wanted AS (
      SELECT us // 1000 AS ms, arg_max(number, (us, number)) AS number FROM csv
      WHERE number IS NOT NULL GROUP BY ms
    ),
    stored AS (
      SELECT epoch_ms(timestamp) AS ms, value AS number FROM ${rows} WHERE point_name = ${quoted(file.point)}
    )
    SELECT
      (SELECT count(*) FROM timed WHERE us IS NULL) AS headers,
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
    differences: count("differences") + Math.abs(count("headers") - (hasHeader ? 1 : 0)),
  };
}

/** The spelling that DuckDB reads: with seconds, without a space before the zone, and with an offset for its name. */
const SPELLED = `regexp_replace(regexp_replace(regexp_replace(upper(time), ' ?UTC$', 'Z'), ' ([+-])', '\\1'),
  '^([0-9-]{10})[T ]([0-9]{2}:[0-9]{2})(Z|[+-].*|$)', '\\1 \\2:00\\3')`;
const unix = (microsecondsEach: number) =>
  `CAST(floor(TRY_CAST(time AS DECIMAL(38, 9)) * ${microsecondsEach}) AS BIGINT)`;

/** The microseconds of a time since 1970, in SQL; NULL for any other text. */
const MICROSECONDS: Readonly<Record<TimeForm, string>> = {
  "UTC without a zone": `epoch_us(TRY_CAST(${SPELLED} AS TIMESTAMP))`,
  "times with a zone": `epoch_us(TRY_CAST(${SPELLED} AS TIMESTAMPTZ))`,
  "unix seconds": unix(1_000_000),
  "unix milliseconds": unix(1_000),
};

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
