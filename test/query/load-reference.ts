import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { utcDayOf } from "../../src/domain/day.ts";
import { parseObjectKey } from "../../src/domain/layout.ts";
import { duckdb } from "../reference/duckdb.ts";
import type { MemoryArchive } from "../support/query/memory-archive.ts";
import type { SqliteHot } from "../support/query/sqlite-hot.ts";
import { select } from "./select.ts";

/**
 * Loads a site into DuckDB: its files, which DuckDB reads from disk whole, without pruning by statistics; the rows of the
 * hot storage; and `samples`, from which an answer is made: hot's since the boundary day, and of older days that are
 * still in hot and not archived; and the archive's samples that hot does not replace.
 */
export async function loadReference(bucket: MemoryArchive, hot: SqliteHot, site: string, boundary: string) {
  const folder = mkdtempSync(join(tmpdir(), "query-reference-"));
  try {
    for (const [key, { bytes }] of bucket.objects) {
      const path = join(folder, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    await loadArchive(`${folder}/timeseries/*/*/*/*.parquet`, site, countedDays(bucket, site));
  } finally {
    rmSync(folder, { recursive: true });
  }
  await loadHot(hot, site);
  await loadDays(boundary);
  await select(
    `CREATE OR REPLACE TEMP TABLE samples AS
      WITH hot_share AS (SELECT point, ms, value FROM hot WHERE day >= $boundary OR day IN (FROM remaining)),
      cold_share AS (SELECT point, ms, value FROM archived SEMI JOIN read_from_cold USING (day))
      SELECT * FROM hot_share UNION ALL SELECT * FROM cold_share ANTI JOIN hot_share USING (point, ms)`,
    { boundary },
  );
}

/** The state of each day apart from its samples, for the days of the tests and around them. */
async function loadDays(boundary: string) {
  await select(
    `CREATE OR REPLACE TEMP TABLE read_from_cold AS
      SELECT day FROM files WHERE day <= $boundary OR day NOT IN (SELECT day FROM hot_days WHERE whole)`,
    { boundary },
  );
  await select(
    `CREATE OR REPLACE TEMP TABLE remaining AS SELECT day FROM hot_days WHERE day < $boundary AND day NOT IN (SELECT day FROM files)`,
    { boundary },
  );
  await select(
    `CREATE OR REPLACE TEMP TABLE days AS
      SELECT day, epoch_ms(day::TIMESTAMP) AS first_ms, cold_days.samples AS archived, whole, hot_days.samples AS hot_count,
        day >= $boundary OR day IN (FROM remaining) AS is_hot
      FROM (SELECT strftime(unnest(generate_series(DATE '2024-09-20', DATE '2024-10-10', INTERVAL 1 DAY)), '%Y-%m-%d') AS day)
      LEFT JOIN (FROM files SEMI JOIN read_from_cold USING (day)) AS cold_days USING (day) LEFT JOIN hot_days USING (day)`,
    { boundary },
  );
}

const DAY_OF_KEY = (column: string) =>
  `replace(regexp_extract(${column}, 'timeseries/([0-9/]{10})/', 1), '/', '-')`;

/** Days whose objects have a count of samples in their metadata. */
function countedDays({ objects }: MemoryArchive, site: string): string[] {
  return [...objects].flatMap(([key, { metadata }]) => {
    const object = parseObjectKey(key);
    return object?.site === site && metadata.record_count !== undefined ? object.day : [];
  });
}

async function loadArchive(glob: string, site: string, counted: readonly string[]) {
  const own = (column: string) => `parse_filename(${column}, true) = $site`;
  await select(
    `CREATE OR REPLACE TEMP TABLE files AS
      SELECT ${DAY_OF_KEY("file_name")} AS day, num_rows AS samples,
        CASE WHEN list_contains($counted, day) THEN num_rows END AS counted
      FROM parquet_file_metadata('${glob}') WHERE ${own("file_name")}`,
    { site, counted },
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

async function loadHot(inserted: SqliteHot, site: string) {
  await select("CREATE OR REPLACE TEMP TABLE hot (day VARCHAR, point VARCHAR, ms BIGINT, value DOUBLE)");
  await select("CREATE OR REPLACE TEMP TABLE hot_days (day VARCHAR, whole BOOLEAN, samples BIGINT)");
  const connection = await duckdb();
  const hot = await connection.createAppender("hot", undefined, "temp");
  for (const { point, ms, value } of inserted.samplesOf(site)) {
    hot.appendVarchar(utcDayOf(ms));
    hot.appendVarchar(point);
    hot.appendBigInt(BigInt(ms));
    hot.appendDouble(value);
    hot.endRow();
  }
  hot.closeSync();
  const hotDays = await connection.createAppender("hot_days", undefined, "temp");
  for (const [day, { whole, samples }] of inserted.daysOf(site)) {
    hotDays.appendVarchar(day);
    hotDays.appendBoolean(whole);
    hotDays.appendBigInt(BigInt(samples));
    hotDays.endRow();
  }
  hotDays.closeSync();
}
