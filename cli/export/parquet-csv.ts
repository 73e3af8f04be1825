import { type FileMetaData, parquetMetadata, parquetRead } from "hyparquet";
import { csvLine } from "../output.ts";

export const CSV_HEADER = csvLine(["timestamp", "site_name", "point_name", "value"]);

const COLUMNS = ["timestamp", "point_name", "value", "site_name"];

/** The rows of a file as lines of CSV, in order; one text per row group, so that no more is in memory. */
export async function* csvOf(file: ArrayBuffer): AsyncGenerator<string, void> {
  const metadata = parquetMetadata(file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    yield await linesOf(file, metadata, rowStart, rowEnd);
    rowStart = rowEnd;
  }
}

async function linesOf(file: ArrayBuffer, metadata: FileMetaData, rowStart: number, rowEnd: number) {
  let lines = "";
  await parquetRead({
    file,
    metadata,
    columns: COLUMNS,
    rowStart,
    rowEnd,
    parsers: { timestampFromMilliseconds: (ms) => Number(ms) },
    onComplete: (rows: unknown) => {
      for (const [ms, point, value, site] of rows as [number, string, number, string][]) {
        lines += `${csvLine([new Date(ms).toISOString(), site, point, value])}\n`;
      }
    },
  });
  return lines;
}
