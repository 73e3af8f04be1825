import { expect, test } from "vitest";
import type { Row, SqlValue } from "../../../src/backfill/ports.ts";
import { migrate, TablesTooNew } from "../../../src/object/tables/tables.ts";
import type { FaultMode } from "../harness/fault-mode.ts";
import {
  contentOf,
  ledgerOf,
  rowsOf,
  servedRows,
  siteState,
  stagedRows,
  storedRows,
  viewLags,
} from "../harness/inspect.ts";
import { SqliteDatabase } from "../harness/sqlite-store.ts";
import {
  databaseOf,
  loadV1,
  startAll,
  tablesOf,
  V1_OBJECTS,
  type V1Object,
  worldOfV1,
} from "../harness/tables-v1.ts";
import type { World } from "../harness/world.ts";

const SITES = ["site_a", "site_b"];
const DAYS = Array.from({ length: 10 }, (_, index) => `2024-01-${String(index + 1).padStart(2, "0")}`);
const FAILED = ["2024-01-03", "2024-01-04"];
const RETRY_ALL = { from: undefined, to: undefined, site: undefined };
const keyOf = (site: string, date: string) => `timeseries/${date.replaceAll("-", "/")}/${site}.parquet`;

const VERSIONS: Record<V1Object, number> = { coordinator: 3, gate: 1, site_a: 7, site_b: 7 };

/** The names of version 2, where they differ from those of version 1. */
const RENAMED_TABLES: Record<string, string> = {
  in_hand: "attempt",
  meta: "state",
  site: "site_report",
  span: "fetch_window",
};
const RENAMED_COLUMNS: Record<string, string> = {
  "alert_notice.tries": "attempts",
  "in_hand.work": "action",
  "outbox.failures": "attempts",
  "row_group.meta": "metadata",
  "span.walk": "pagination",
  "staging.kept": "held_for_upload",
  "staging.merge": "file_position",
  "staging.token": "staging_id",
};
/** Columns with values that are not the same in version 2; tests below look at them. */
const CHANGED_COLUMNS = new Set([
  "day.generation",
  "day.published",
  "job.body",
  "meta.value",
  "site.report",
  "staging.plan",
]);
/** State by single days is in the table `day`; the Coordinator's observations start again. */
const MOVED_KEYS = ["audit", "distrusted", "forgiven", "oneLaneFor", "unreachable", "watches"];

const databaseV1 = (object: V1Object) => {
  const db = new SqliteDatabase();
  loadV1(db, object);
  return db;
};
const migrated = (object: V1Object, db = databaseV1(object)) => {
  db.tx((sql) => migrate(sql, tablesOf(object)));
  return db;
};

function tableNames(db: SqliteDatabase): string[] {
  const query =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
  return db.read<{ name: string }>(query).map(({ name }) => name);
}

/** Columns and indexes of all tables. */
function schemaOf(db: SqliteDatabase) {
  const columns = tableNames(db).map((table) => [
    table,
    db.read(`SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info('${table}') ORDER BY name`),
  ]);
  return {
    columns,
    indexes: db.read("SELECT name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY name"),
  };
}

/** All rows of a table by version 2's names, without the columns that have other values there. */
function rowsByNewNames(db: SqliteDatabase, table: string): Row[] {
  return db.read<Row>(`SELECT * FROM ${table} ORDER BY rowid`).flatMap((row) => {
    if (MOVED_KEYS.includes(String(row.key ?? row.name))) return [];
    const kept = Object.entries(row).filter(([column]) => !CHANGED_COLUMNS.has(`${table}.${column}`));
    return [Object.fromEntries(kept.map(([column, value]) => [newName(table, column), value]))];
  });
}
const newName = (table: string, column: string) => RENAMED_COLUMNS[`${table}.${column}`] ?? column;

test.each(V1_OBJECTS)("the migrated tables of %s are those of a new object", (object) => {
  expect(schemaOf(migrated(object))).toEqual(schemaOf(migrated(object, new SqliteDatabase())));
});

test.each(V1_OBJECTS)("every row of %s is carried over", (object) => {
  const before = databaseV1(object);
  const after = migrated(object);
  let rows = 0;
  for (const table of tableNames(before)) {
    const expected = rowsByNewNames(before, table);
    rows += expected.length;
    const columns = Object.keys(expected[0] ?? {}).join(", ");
    if (columns === "") continue;
    expect(
      after.read(`SELECT ${columns} FROM ${RENAMED_TABLES[table] ?? table} ORDER BY rowid`),
      table,
    ).toEqual(expected);
  }
  expect(rows).toBeGreaterThan(1);
  expect(after.read("SELECT version FROM schema_version")).toEqual([{ version: VERSIONS[object] }]);
});

test("a day that was being fetched is fetched again, and one whose blocks are complete is not", () => {
  const versions = migrated("site_a").read<{ phase: string; version: number }>(
    "SELECT DISTINCT phase, plan ->> '$.parserVersion' AS version FROM staging ORDER BY phase",
  );
  expect(versions).toContainEqual({ phase: "fetching", version: 0 });
  for (const { phase, version } of versions) expect(version === 0, phase).toBe(phase === "fetching");
});

test("the job and its plans belong to a backfill instead of a generation", () => {
  const id = "backfill_1748764808940_qypgqvnq8";
  const db = migrated("site_a");
  const [job] = db.read<{ value: string }>("SELECT value FROM state WHERE key = 'job'");
  expect(JSON.parse(job?.value ?? "")).toEqual({
    ...{ desired: "run", epoch: 2, round: 2, retry: {}, resumedAt: 1748764808940, backfillId: id },
    ...{
      startDate: "2024-01-01",
      endDate: "2024-01-10",
      startedAt: 1748764808940,
      site: "site_a",
      siteIndex: 0,
    },
    forced: true,
  });
  for (const { plan } of db.read<{ plan: string }>("SELECT plan FROM staging")) {
    expect(Object.keys(JSON.parse(plan)).sort()).toEqual(
      ["backfillId", "createdAt", "parserVersion", "pointCount", "pointsHash", "rowGroupSize"].sort(),
    );
    expect(JSON.parse(plan)).toMatchObject({ backfillId: id });
  }
  const { body } = migrated("coordinator").read<{ body: string }>("SELECT body FROM job")[0] ?? {};
  expect(JSON.parse(body ?? "")).toMatchObject({ forced: true, backfillId: id });
  expect(body).not.toMatch(/eneration|sinceEpoch/);
});

test("published days are verified, a held file stays held, and a window knows its pages", () => {
  const db = migrated("site_a");
  const days = db.read<{ date: string; published: string | null; verified: number }>(
    "SELECT date, published, verified FROM day ORDER BY date",
  );
  // No audit of version 1 says which days it has read.
  expect(db.read("SELECT 1 FROM day WHERE verification_mode IS NOT NULL")).toEqual([]);
  expect(days.map(({ date, verified }) => [date, verified === 1])).toEqual(
    DAYS.slice(0, 7).map((date) => [date, !FAILED.includes(date)]),
  );
  for (const { published } of days) expect(published ?? "{}").not.toContain("generation");
  expect(db.read("SELECT date, held_for_upload FROM staging ORDER BY date")).toEqual([
    { date: "2024-01-04", held_for_upload: 1 },
    { date: "2024-01-08", held_for_upload: 0 },
  ]);
  expect(db.read("SELECT date, pages, done FROM fetch_window ORDER BY date")).toEqual([
    { date: "2024-01-04", pages: 15, done: 1 },
    { date: "2024-01-08", pages: 12, done: 0 },
  ]);
});

test("what the state said of single days is in their rows, and of unverified objects and an audit nothing is lost", () => {
  const db = databaseV1("site_a");
  const audit = '{"mode":"quick","checked":1}';
  db.tx((sql) => {
    const set = (key: string, value: SqlValue) =>
      sql.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value);
    set("unreachable", '["2024-01-03","2024-01-04"]');
    set("forgiven", '{"2024-01-03":2,"2024-01-04":1}');
    set("distrusted", '["2024-01-05"]');
    set("oneLaneFor", '"2024-01-08"');
    set("audit", audit);
    sql.run("INSERT INTO audit_seen VALUES ('2024-01-06')");
    sql.run("UPDATE day SET generation = -1 WHERE date = '2024-01-07'");
    sql.run("UPDATE staging SET plan = json_set(plan, '$.generation', 1) WHERE date = '2024-01-08'");
  });
  migrated("site_a", db);
  const where = (condition: string) =>
    db
      .read<{ date: string }>(`SELECT date FROM day WHERE ${condition} ORDER BY date`)
      .map(({ date }) => date);
  expect(where("unreachable = 1")).toEqual(FAILED);
  expect(where("outage_retries = 2")).toEqual(["2024-01-03"]);
  expect(where("outage_retries = 1")).toEqual(["2024-01-04"]);
  expect(where("distrusted = 1")).toEqual(["2024-01-05"]);
  expect(where("one_lane = 1")).toEqual(["2024-01-08"]);
  expect(where("in_audit = 1")).toEqual(["2024-01-06"]);
  expect(where("published IS NOT NULL AND verified = 0")).toEqual(["2024-01-07"]);
  expect(db.read("SELECT body FROM audit")).toEqual([{ body: audit }]);
  const query = "SELECT date, plan ->> '$.backfillId' AS id FROM staging WHERE id = ''";
  expect(db.read(query)).toEqual([{ date: "2024-01-08", id: "" }]);
});

/** Runs the job to its end, and the failed days once more. */
async function runOn(world: World): Promise<void> {
  startAll(world);
  await world.run();
  expect(await world.status()).toMatchObject({
    status: "completed",
    outcome: "partial",
    days_completed: 18,
    failed_days: FAILED.map((date) => ({ site: "site_a", date })),
    sites: [
      { site: "site_a", days_skipped: 0, errors: 2 },
      { site: "site_b", days_skipped: 0, errors: 0 },
    ],
  });
  await world.ask((coordinator) => coordinator.retry(RETRY_ALL));
  await world.run();
}

test("a forced restart that version 1 began is completed, and a retry makes it a success", async () => {
  const world = worldOfV1();
  const published = contentOf(world);
  await runOn(world);
  const rows = new Map(
    SITES.flatMap((site) => DAYS.map((date) => [keyOf(site, date), servedRows(world, site, date)])),
  );
  expect(await world.status()).toMatchObject({
    backfill_id: "backfill_1748764808940_qypgqvnq8",
    status: "completed",
    outcome: "success",
    days_completed: 20,
    days_failed: 0,
    records_processed: [...rows.values()].reduce((sum, { length }) => sum + length, 0),
  });
  for (const [key, served] of rows) expect(await storedRows(world, key), key).toEqual(served);
  expect(contentOf(world)).toMatchObject(published);
  expect(stagedRows(world)).toBe(0);
  expect(viewLags(world)).toEqual([]);
  expect(JSON.parse(world.view.values.get("backfill:day:2024-01-04:site_a") ?? "")).toMatchObject({
    status: "completed",
    r2_path: keyOf("site_a", "2024-01-04"),
  });
  for (const site of SITES) {
    expect(siteState<object>(world.site(site), "totals")).toMatchObject({
      requests:
        world.vendor.arrivals.filter((arrival) => arrival.site === site).length +
        REQUESTS_V1[site as "site_a"],
    });
  }
  // Version 1 had fetched and encoded the day whose upload failed, so that it was not requested again.
  expect(world.vendor.arrivals.filter(({ site, day }) => site === "site_a" && day === "2024-01-04")).toEqual(
    [],
  );
  // One notice was waiting, and one says that the alert has ended.
  expect(world.receiver.accepted.map(({ notice }) => notice.state)).toEqual(["raised", "cleared"]);
});

/** In the totals of the stored databases. */
const REQUESTS_V1 = { site_a: 162, site_b: 163 };

let undisturbed: ReturnType<typeof endOf> | undefined;

async function endOf() {
  const world = worldOfV1();
  await runOn(world);
  return { ledger: ledgerOf(world), content: contentOf(world) };
}

const MODES: readonly FaultMode[] = ["fail before", "die before", "die after", "isolate dies"];

test.each(V1_OBJECTS.flatMap((object) => MODES.map((mode) => [object, mode] as const)))(
  "a migration of %s that is broken by '%s' is repeated to the same end",
  async (object, mode) => {
    const world = worldOfV1();
    // The first transaction of an object is its migration.
    world.effects.break({ on: new RegExp(`^${object} store\\.tx`), mode, times: 1 });
    const done = () =>
      V1_OBJECTS.every((name) => tableNames(databaseOf(world, name)).includes("schema_version"));
    // The invariants read tables of version 2.
    world.tampered = true;
    startAll(world);
    await world.run(done);
    if (!done()) startAll(world);
    world.tampered = false;
    await runOn(world);
    expect(world.effects.injected).toBe(1);
    undisturbed ??= endOf();
    expect({ ledger: ledgerOf(world), content: contentOf(world) }).toEqual(await undisturbed);
    expect(stagedRows(world)).toBe(0);
  },
);

test.each(V1_OBJECTS)(
  "a database of %s that a later version wrote is refused, and stays as it is",
  (object) => {
    const db = migrated(object);
    db.tx((sql) => sql.run("UPDATE schema_version SET version = 99"));
    const before = [schemaOf(db), ...tableNames(db).map((table) => db.read(`SELECT * FROM ${table}`))];
    const migrateAgain = () => migrated(object, db);
    expect(migrateAgain).toThrow(TablesTooNew);
    expect(migrateAgain).toThrow(
      /^the database has version 99, and this code knows versions up to \d: deploy the later code again$/,
    );
    expect([schemaOf(db), ...tableNames(db).map((table) => db.read(`SELECT * FROM ${table}`))]).toEqual(
      before,
    );
  },
);

test("an object whose database is of a later version answers no call", async () => {
  const world = worldOfV1();
  const { db } = world.site("site_a");
  db.tx((sql) => {
    sql.run("CREATE TABLE schema_version (version INTEGER NOT NULL)");
    sql.run("INSERT INTO schema_version VALUES (99)");
  });
  await expect(world.site("site_a").call((site) => site.report())).rejects.toThrow(
    "deploy the later code again",
  );
  expect(rowsOf(world.site("site_a"), "SELECT 1 FROM in_hand")).toHaveLength(1);
});
