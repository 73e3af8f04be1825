/**
 * The same work by DuckDB in a separate process: JSON pages → sorted Snappy Parquet on one
 * thread. `node bench/ingest/duckdb-convert.ts FOLDER SITE DAY` reads FOLDER/page-*.json, writes FOLDER/duckdb.parquet
 * and FOLDER/duckdb-default.parquet, and prints one line of JSON.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

export interface Conversion {
  readonly path: string;
  readonly cpuSeconds: number;
  readonly bytes: number;
  readonly peakRssBytes: number;
  /** Of the same rows with DuckDB's own row groups and format version. */
  readonly defaultBytes: number;
}

const [folder = ".", site = "", day = ""] = process.argv.slice(2);
const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
const duckdb = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
const path = join(folder, "duckdb.parquet");
const standard = join(folder, "duckdb-default.parquet");

const before = process.cpuUsage();
// Milliseconds (truncated, where a cast would round), row groups and format version are ours, so that the files are comparable.
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
const used = process.cpuUsage(before);
const peakRssBytes = process.resourceUsage().maxRSS * 1024;
await duckdb.run(`COPY (FROM '${path}') TO '${standard}' (FORMAT parquet)`);

const conversion: Conversion = {
  path,
  cpuSeconds: (used.user + used.system) / 1e6,
  bytes: statSync(path).size,
  peakRssBytes,
  defaultBytes: statSync(standard).size,
};
console.log(JSON.stringify(conversion));
