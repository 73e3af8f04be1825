/**
 * JSON pages to sorted Snappy Parquet by DuckDB: `node bench/ingest/contenders/duckdb.ts FOLDER SITE DAY THREADS` reads
 * FOLDER/page-*.json, writes FOLDER/duckdb-THREADS.parquet, and prints one line of JSON.
 */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { conversionArguments, printConversion } from "./conversion.ts";

const threads = conversionArguments("").further ?? "1";
const { folder, site, day, path } = conversionArguments(`duckdb-${threads}`);
const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
const duckdb = await (await DuckDBInstance.create(":memory:", { threads })).connect();

// Milliseconds (truncated, where a cast would round), row groups and format version are ours, so that the files are comparable.
await printConversion(path, async () => {
  await duckdb.run(`
    COPY (
      SELECT date_trunc('millisecond', sample.time::TIMESTAMP)::TIMESTAMP_MS AS "timestamp", sample.name AS point_name,
             sample.value::DOUBLE AS value, '${site}' AS site_name
      FROM (
        SELECT unnest(point_samples) AS sample
        FROM read_json('${join(folder, "page-*.json")}', format = 'unstructured', maximum_object_size = 67108864,
          columns = {point_samples: 'STRUCT(name VARCHAR, value VARCHAR, "time" VARCHAR)[]'})
      )
      -- Windows are requested with a second of margin. Times are compared as text, the cheapest way: both are ISO 8601.
      WHERE sample.time >= '${day}' AND sample.time < '${next}'
      ORDER BY point_name, "timestamp"
    ) TO '${path}' (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v2, ROW_GROUP_SIZE 10000)`);
  return undefined;
});
