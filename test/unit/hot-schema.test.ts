import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { sqlStatements } from "../../local/stack/sql-statements.ts";
import { NEWEST_STATEMENTS, SNAPSHOTS } from "../../src/hot/hot.ts";
import { DAY_STATEMENTS } from "../../src/hot/write/days.ts";
import { STATEMENTS } from "../../src/query/hot/hot-tables.ts";

const WORKERS = join(import.meta.dirname, "../../workers");
const MIGRATIONS = join(WORKERS, "schema/migrations");
const SCHEMA = readFileSync(join(WORKERS, "schema/d1-schema.sql"), "utf8");

/** The tables of the version that stored a row a sample, with data. */
const EARLIER = `
  CREATE TABLE sites (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE points (id INTEGER PRIMARY KEY, site_id INTEGER NOT NULL REFERENCES sites (id), name TEXT NOT NULL,
    UNIQUE (site_id, name)) STRICT;
  CREATE TABLE samples (point_id INTEGER NOT NULL, ms INTEGER NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (point_id, ms)) STRICT, WITHOUT ROWID;
  CREATE TABLE days (site_id INTEGER NOT NULL REFERENCES sites (id), day TEXT NOT NULL, whole INTEGER NOT NULL,
    samples INTEGER NOT NULL, PRIMARY KEY (site_id, day)) STRICT, WITHOUT ROWID;
  INSERT INTO sites VALUES (1, 'a'); INSERT INTO points VALUES (1, 1, 'p'); INSERT INTO samples VALUES (1, 5, 1.5);
  INSERT INTO days VALUES (1, '2024-01-15', 1, 1)`;

function databaseWith(...scripts: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  for (const statement of scripts.flatMap(sqlStatements)) database.exec(statement);
  return database;
}

const migrations = () =>
  readdirSync(MIGRATIONS)
    .sort()
    .map((file) => readFileSync(join(MIGRATIONS, file), "utf8"));

const schemaOf = (database: DatabaseSync) =>
  database
    .prepare("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    .all()
    .map(({ name, sql }) => [name, String(sql).replaceAll(/\s+/g, " ")]);

test("the schema file is what the migrations come to, from nothing and from the tables of before", () => {
  const expected = schemaOf(databaseWith(SCHEMA));
  expect(expected.map(([name]) => name)).toEqual([
    "blocks",
    "days",
    "points",
    "points_by_name",
    "sites",
    "windows",
  ]);
  expect(schemaOf(databaseWith(...migrations()))).toEqual(expected);
  expect(schemaOf(databaseWith(EARLIER, ...migrations()))).toEqual(expected);
});

test("migrations are numbered without gaps", () => {
  const numbers = readdirSync(MIGRATIONS)
    .sort()
    .map((file) => /^(\d{4})_\w+\.sql$/.exec(file)?.[1]);
  expect(numbers).toEqual(numbers.map((_, nth) => String(nth + 1).padStart(4, "0")));
});

test("every Worker that names the migrations of D1 names this folder", () => {
  for (const worker of ["etl", "query"]) {
    const toml = readFileSync(join(WORKERS, `wrangler-${worker}.toml`), "utf8");
    const databases = toml.match(/^\[\[.*d1_databases\]\]$/gm) ?? [];
    const folders = toml.match(/^migrations_dir = "schema\/migrations"$/gm) ?? [];
    expect(databases.length).toBeGreaterThan(1);
    expect(folders).toHaveLength(databases.length);
  }
});

/** Of what is sorted, only blocks that were found, by their starts. */
const tables = /^SCAN (sites|points|blocks|windows|days)\b/;

test.each(Object.entries({ ...SNAPSHOTS, ...NEWEST_STATEMENTS, ...DAY_STATEMENTS, ...STATEMENTS }))(
  "the statement %s scans no table",
  (_, statement) => {
    const plan = databaseWith(SCHEMA).prepare(`EXPLAIN QUERY PLAN ${statement}`).all();
    expect(plan.map(({ detail }) => String(detail)).filter((step) => tables.test(step))).toEqual([]);
  },
);

test("blocks are searched by range of points and by time", () => {
  const database = databaseWith(SCHEMA);
  for (const statement of Object.values(SNAPSHOTS)) {
    const sought = database
      .prepare(`EXPLAIN QUERY PLAN ${statement}`)
      .all()
      .flatMap(({ detail }) => /^SEARCH blocks USING INDEX \w+ (.*)/.exec(String(detail))?.[1] ?? []);
    const range = "(site_id=? AND level=? AND range=? AND from_ms>? AND from_ms<?)";
    expect(sought).toEqual([range, range]);
  }
});
