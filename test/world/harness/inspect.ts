import type { SiteJob } from "../../../src/backfill/job/job.ts";
import type { Sql } from "../../../src/backfill/ports.ts";
import type { SiteBackfill } from "../../../src/backfill/site/site.ts";
import { daysBetween } from "../../../src/domain/day.ts";
import { pointsKey } from "../../../src/domain/layout.ts";
import { readWithHyparquet } from "../../reference/other-readers.ts";
import { lines, truthOf } from "../../reference/truth.ts";
import type { World } from "./world.ts";
import type { WorldObject } from "./world-object.ts";

/** Functions that read the databases and objects of a world directly. */

export function siteState<T>(site: WorldObject<SiteBackfill>, key: string): T | undefined {
  const rows = rowsOf<{ value: string }>(site, "SELECT value FROM state WHERE key = ?", key);
  return rows[0] ? (JSON.parse(rows[0].value) as T) : undefined;
}

export function countsOf(site: WorldObject<SiteBackfill>, job: SiteJob) {
  const [row] = rowsOf<{ done: number; failed: number }>(
    site,
    `SELECT coalesce(sum(counts), 0) AS done, coalesce(sum(failure_round = ?2 AND NOT counts), 0) AS failed
     FROM (SELECT *, verified AND (?1 IS NULL OR backfill_id = ?1) AS counts FROM day)
     WHERE date BETWEEN ?3 AND ?4`,
    job.forced ? job.backfillId : null,
    job.round,
    job.startDate,
    job.endDate,
  );
  const total = daysBetween(job.startDate, job.endDate) + 1;
  return { done: row?.done ?? 0, failed: row?.failed ?? 0, total };
}

/** The ledger without what differs between runs: times, etags of equal content, transport. */
export function ledgerOf(world: World): string[] {
  return [...world.sites].flatMap(([name, site]) =>
    rowsOf<{ date: string; status: string | null; records: number | null; failure_round: number | null }>(
      site,
      "SELECT date, status, records, failure_round FROM day ORDER BY date",
    ).map((row) => `${name} ${row.date} ${row.status} ${row.records} ${row.failure_round ?? "-"}`),
  );
}

/** Rows of unfinished work, of which a finished job must leave none. */
export function stagedRows(world: World): number {
  return [...world.sites.values()].reduce((sum, site) => {
    const counts = [
      "staging",
      "fetch_window",
      "block",
      "part",
      "row_group",
      "unlisted_point",
      "attempt",
      "hot_row",
    ].map((table) => rowsOf<{ rows: number }>(site, `SELECT count(*) AS rows FROM ${table}`)[0]?.rows ?? 0);
    return sum + counts.reduce((a, b) => a + b, 0);
  }, 0);
}

/** How many site-days had samples requested since the request of this number. */
export function daysRequested(world: World, since: number): number {
  const samples = world.vendor.arrivals.slice(since).filter(({ kind }) => kind === "samples");
  return new Set(samples.map(({ site, day }) => `${site} ${day}`)).size;
}

/** Keys whose wanted value KV does not show, or whose put is due. */
export function viewLags(world: World): string[] {
  return [world.coordinator, ...world.sites.values()].flatMap((object) =>
    rowsOf<{ key: string; value: string; due_at: number | null }>(object, "SELECT * FROM outbox")
      .filter((row) => row.due_at !== null || world.view.values.get(row.key) !== row.value)
      .map((row) => row.key),
  );
}

/** Sites whose points file does not have all that is stored of their points. */
export function pointsLags(world: World): string[] {
  return [...world.sites].flatMap(([name, site]) => {
    const [stored] = rowsOf<{ rows: number }>(site, "SELECT count(*) AS rows FROM point_row");
    if (!stored?.rows) return [];
    const { revision, written } = siteState<{ revision: number; written: number }>(site, "pointsFile") ?? {};
    const file = world.archive.objects.get(pointsKey(name))?.metadata.record_count;
    return file === String(stored.rows) && revision === written ? [] : [name];
  });
}

/** Objects of site-days by key, as the hash of their content. */
export function contentOf(world: World): Record<string, string | undefined> {
  return Object.fromEntries(
    [...world.archive.days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, object]) => [key, object.sha256]),
  );
}

/** The same of the roll-ups. */
export function rollupContentOf(world: World): Record<string, string | undefined> {
  const rollups = [...world.archive.objects].filter(([key]) => key.startsWith("rollups/"));
  return Object.fromEntries(
    rollups.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, object]) => [key, object.sha256]),
  );
}

/** The rows of an object. */
export async function storedRows(world: World, key: string): Promise<string[]> {
  const object = world.archive.objects.get(key);
  if (!object) throw new Error(`there is no ${key}`);
  return lines(await readWithHyparquet(object.bytes));
}

/** The rows that the object of a day must have. */
export function servedRows(world: World, site: string, date: string): string[] {
  const words = Object.fromEntries(world.config.valueWords);
  return lines(truthOf(world.vendor, site, date, { words, allPoints: world.config.points === "all" }).rows);
}

/** An object's database for functions of the rules that only read. */
export function readOnly(object: AnyObject): Sql {
  return {
    all: (query, ...values) => object.db.read(query, ...values),
    run: () => {
      throw new Error("a read must not write");
    },
  };
}

type AnyObject = Pick<WorldObject<object>, "db">;

export function rowsOf<T extends Record<string, string | number | null | Uint8Array>>(
  object: AnyObject,
  query: string,
  ...values: (string | number | null)[]
): T[] {
  return object.db.read<T>(query, ...values);
}
