import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BIGINT, type DuckDBValue, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { SqliteHot } from "../../../src/query/hot/sqlite.fixture.ts";
import { duckdb } from "../../reference/duckdb.ts";
import type { Bucket } from "./bucket.ts";

/** A list of points or a time, by the name it has in a statement. */
export type Parameters = Readonly<Record<string, number | string | readonly string[]>>;

/** DuckDB's answer to one statement; its whole numbers as numbers. */
export async function select<R>(sql: string, parameters: Parameters = {}): Promise<R[]> {
  const values: Record<string, DuckDBValue> = {};
  const types: Record<string, typeof BIGINT | typeof VARCHAR | ReturnType<typeof LIST>> = {};
  for (const [name, value] of Object.entries(parameters)) {
    const isText = typeof value === "string";
    values[name] = typeof value === "number" ? BigInt(value) : isText ? value : listValue([...value]);
    types[name] = typeof value === "number" ? BIGINT : isText ? VARCHAR : LIST(VARCHAR);
  }
  const rows = await (await duckdb()).runAndReadAll(sql, values, types);
  const plain = (value: DuckDBValue) => (typeof value === "bigint" ? Number(value) : value);
  return rows
    .getRowObjects()
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])) as R);
}

/**
 * Puts into DuckDB what a site holds: its files, which DuckDB reads from disk by itself and whole, without leaving
 * out anything by statistics; the rows of the hot storage, as SQL gives them; and `samples`, what an answer may be made
 * of: hot's since the day of the boundary, and the archive's where hot has not both the day and the millisecond.
 */
export async function loadReference(bucket: Bucket, hot: SqliteHot, site: string, boundary: string) {
  const folder = mkdtempSync(join(tmpdir(), "query-reference-"));
  try {
    for (const [key, { bytes }] of bucket.objects) {
      const path = join(folder, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    await loadArchive(`${folder}/timeseries/*/*/*/*.parquet`, site);
  } finally {
    rmSync(folder, { recursive: true });
  }
  await loadHot(hot, site);
  await select(
    `CREATE OR REPLACE TEMP TABLE asked_of_cold AS
      SELECT day FROM files WHERE day <= $boundary OR day NOT IN (SELECT day FROM held WHERE whole)`,
    { boundary },
  );
  await select(
    `CREATE OR REPLACE TEMP TABLE samples AS
      WITH hot_share AS (SELECT point, ms, value FROM hot WHERE day >= $boundary),
      cold_share AS (SELECT point, ms, value FROM archived WHERE day IN (SELECT day FROM asked_of_cold))
      SELECT * FROM hot_share UNION ALL SELECT * FROM cold_share ANTI JOIN hot_share USING (point, ms)`,
    { boundary },
  );
}

const DAY_OF_KEY = (column: string) =>
  `replace(regexp_extract(${column}, 'timeseries/([0-9/]{10})/', 1), '/', '-')`;

async function loadArchive(glob: string, site: string) {
  const own = (column: string) => `parse_filename(${column}, true) = $site`;
  await select(
    `CREATE OR REPLACE TEMP TABLE files AS
      SELECT ${DAY_OF_KEY("file_name")} AS day, num_rows AS samples, num_row_groups AS row_groups
      FROM parquet_file_metadata('${glob}') WHERE ${own("file_name")}`,
    { site },
  );
  await select(
    `CREATE OR REPLACE TEMP TABLE archived AS
      SELECT ${DAY_OF_KEY("filename")} AS day, point_name AS point, epoch_ms(timestamp) AS ms, value
      FROM read_parquet('${glob}', filename = true) WHERE ${own("filename")}`,
    { site },
  );
  await select(
    `CREATE OR REPLACE TEMP TABLE row_groups AS
      SELECT ${DAY_OF_KEY("file_name")} AS day, row_group_id,
        any_value(stats_min_value) FILTER (path_in_schema = 'point_name') AS min_point,
        any_value(stats_max_value) FILTER (path_in_schema = 'point_name') AS max_point,
        epoch_ms(any_value(stats_min_value) FILTER (path_in_schema = 'timestamp')::TIMESTAMPTZ) AS first_ms,
        epoch_ms(any_value(stats_max_value) FILTER (path_in_schema = 'timestamp')::TIMESTAMPTZ) AS last_ms
      FROM parquet_metadata('${glob}') WHERE ${own("file_name")} GROUP BY ALL`,
    { site },
  );
}

async function loadHot({ db }: SqliteHot, site: string) {
  await select("CREATE OR REPLACE TEMP TABLE hot (day VARCHAR, point VARCHAR, ms BIGINT, value DOUBLE)");
  await select("CREATE OR REPLACE TEMP TABLE held (day VARCHAR, whole BOOLEAN, samples BIGINT)");
  const connection = await duckdb();
  const rows = db
    .prepare(
      `SELECT strftime('%Y-%m-%d', ms / 1000, 'unixepoch') AS day, points.name AS point, ms, value
        FROM samples JOIN points ON points.id = point_id JOIN sites ON sites.id = site_id WHERE sites.name = ?`,
    )
    .all(site);
  const hot = await connection.createAppender("hot", undefined, "temp");
  for (const { day, point, ms, value } of rows) {
    hot.appendVarchar(String(day));
    hot.appendVarchar(String(point));
    hot.appendBigInt(BigInt(Number(ms)));
    hot.appendDouble(Number(value));
    hot.endRow();
  }
  hot.closeSync();
  const held = await connection.createAppender("held", undefined, "temp");
  const days = db
    .prepare("SELECT days.* FROM days JOIN sites ON sites.id = site_id WHERE name = ?")
    .all(site);
  for (const { day, whole, samples } of days) {
    held.appendVarchar(String(day));
    held.appendBoolean(whole === 1);
    held.appendBigInt(BigInt(Number(samples)));
    held.endRow();
  }
  held.closeSync();
}
