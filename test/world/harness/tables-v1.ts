import { readFileSync } from "node:fs";
import { join } from "node:path";
import { COORDINATOR_TABLES } from "../../../src/backfill/coordinator/coordinator.ts";
import { GATE_TABLES } from "../../../src/backfill/rate-gate/rate-gate.ts";
import { SITE_TABLES } from "../../../src/backfill/site/site.ts";
import type { Table } from "../../../src/object/tables/tables.ts";
import type { SqliteDatabase } from "./sqlite-store.ts";
import { World } from "./world.ts";

/** Databases of version 1, written in the middle of a forced restart, and the objects in R2 at that time. */
const FOLDER = join(import.meta.dirname, "../../fixtures/tables-v1");

export const V1_OBJECTS = ["coordinator", "gate", "site_a", "site_b"] as const;
export type V1Object = (typeof V1_OBJECTS)[number];

/** All tables of the object's database, as its code knows them. */
export function tablesOf(object: V1Object): readonly Table[] {
  if (object === "coordinator") return COORDINATOR_TABLES;
  return object === "gate" ? GATE_TABLES : SITE_TABLES;
}

/** Writes the tables and rows of one of the databases. */
export function loadV1(db: SqliteDatabase, object: V1Object): void {
  const statements = readFileSync(join(FOLDER, `${object}.sql`), "utf8").split(/;\n/);
  db.tx((sql) => {
    for (const statement of statements) if (statement.trim() !== "") sql.run(statement);
  });
}

interface StoredArchive {
  readonly now: number;
  readonly objects: readonly {
    readonly key: string;
    readonly metadata: Record<string, string>;
    readonly sha256: string;
    /** In Base64. */
    readonly bytes: string;
  }[];
}

/** A world with these databases and objects, and with the vendor's data that they were fetched from. */
export function worldOfV1(): World {
  const world = new World({
    sites: ["site_a", "site_b"],
    config: {
      alertWebhookUrl: "https://hooks.test/alerts",
      alertFailedPercent: 1,
      pageSize: 10,
      retryBaseDelayMs: 100,
    },
    steps: { runSamples: 30, sliceSamples: 20 },
    vendor: { pointsPerSite: 12, samplesPerDay: 150 },
  });
  const archive = JSON.parse(readFileSync(join(FOLDER, "archive.json"), "utf8")) as StoredArchive;
  world.scheduler.leap(archive.now - world.scheduler.now);
  for (const { key, metadata, sha256, bytes } of archive.objects) {
    world.archive.place(key, new Uint8Array(Buffer.from(bytes, "base64")), metadata, sha256);
  }
  for (const name of V1_OBJECTS) loadV1(databaseOf(world, name), name);
  for (const object of [world.coordinator, ...world.sites.values()]) {
    // KV has the values that were put.
    const put = object.db.read<{ key: string; value: string }>(
      "SELECT key, value FROM outbox WHERE due_at IS NULL",
    );
    for (const { key, value } of put) world.view.values.set(key, value);
  }
  return world;
}

export function databaseOf(world: World, name: V1Object): SqliteDatabase {
  if (name === "coordinator") return world.coordinator.db;
  return name === "gate" ? world.gate.db : world.site(name).db;
}

/** Starts the objects, as their stored alarms do. Each migrates its database at once. */
export function startAll(world: World): void {
  const ignore = () => undefined;
  world.gate.call(async () => undefined).catch(ignore);
  for (const site of world.sites.values()) site.call((rules) => rules.report()).catch(ignore);
  world.coordinator.call((rules) => rules.wake()).catch(ignore);
}
