/**
 * The straightforward way: pages parsed, an object for each sample in one array, in the order of the pages, and one call
 * of hyparquet-writer. `node bench/ingest/contenders/objects.ts FOLDER SITE DAY` writes FOLDER/objects.parquet, and prints
 * one line of JSON. The rows are in order of time, not of name and time.
 */
import { parquetWriteFile } from "hyparquet-writer";
import { conversionArguments, printConversion } from "./conversion.ts";
import { parsedRows, timeMs } from "./parsed-pages.ts";

const { path, ...saved } = conversionArguments("objects");

await printConversion(path, () => {
  const samples: { timestamp: Date; point_name: string; value: number; site_name: string }[] = [];
  for (const row of parsedRows(saved)) {
    samples.push({
      timestamp: new Date(timeMs(row)),
      point_name: row.name,
      value: Number(row.value),
      site_name: saved.site,
    });
  }
  parquetWriteFile({
    filename: path,
    codec: "SNAPPY",
    columnData: [
      { name: "timestamp", data: samples.map(({ timestamp }) => timestamp), type: "TIMESTAMP" },
      { name: "point_name", data: samples.map(({ point_name }) => point_name), type: "STRING" },
      { name: "value", data: samples.map(({ value }) => value), type: "DOUBLE" },
      { name: "site_name", data: samples.map(({ site_name }) => site_name), type: "STRING" },
    ],
  });
  return undefined;
});
