/** The tables of sites and points: who writes, and which number a point has. */
import type { EpochMs } from "../../domain/day.ts";
import { sortNames } from "../../domain/point-name.ts";
import type { SiteName } from "../../domain/site.ts";
import type { HotStatement, HotStore } from "../../ports/hot.ts";
import type { HotPoints, HotSite } from "../hot-types.ts";
import { commitFenced } from "./fence.ts";
import { jsonParameters } from "./json-parameters.ts";

const CLAIM = `INSERT INTO sites (name, epoch, since_ms) VALUES (?1, 1, ?2)
  ON CONFLICT (name) DO UPDATE SET epoch = epoch + 1
  RETURNING id, epoch, since_ms, watermark_ms`;

export async function claimSite(store: HotStore, name: SiteName, sinceIfNewMs: EpochMs): Promise<HotSite> {
  const { results } = await store.batch([{ sql: CLAIM, values: [name, sinceIfNewMs] }]);
  const row = results[0]?.[0];
  if (!row) throw new Error("a claim returned no row");
  return {
    id: Number(row.id),
    name,
    epoch: Number(row.epoch),
    sinceMs: Number(row.since_ms),
    watermarkMs: row.watermark_ms === null ? null : Number(row.watermark_ms),
  };
}

const NUMBERS = `SELECT name, number FROM points
  WHERE site_id = ?1 AND name IN (SELECT value FROM json_each(?2))`;

const NUMBERS_OF_PREFIX = `SELECT number FROM points
  WHERE site_id = ?1 AND name >= ?2 AND substr(name, 1, length(?2)) = ?2 ORDER BY number`;

/** The numbers of the points whose names begin with `prefix`. */
export async function numbersOfPrefix(store: HotStore, site: HotSite, prefix: string): Promise<number[]> {
  const { rows } = await store.select<{ number: number }>(NUMBERS_OF_PREFIX, site.id, prefix);
  return rows.map(({ number }) => number);
}

const COUNT = "SELECT count(*) AS count FROM points WHERE site_id = ?1";

/** Numbers are dense, so that the next one is the number of points. */
const ADD = `INSERT INTO points (site_id, number, name)
  SELECT ?1, (SELECT count(*) FROM points WHERE site_id = ?1) + row_number() OVER (ORDER BY value) - 1, value
  FROM json_each(?2) WHERE value NOT IN (SELECT name FROM points WHERE site_id = ?1)`;

/**
 * The numbers of the names, each given once. Unknown names get the next numbers in the order of their UTF-8 bytes.
 * Writes nothing where all are known.
 */
export async function numberPoints(
  store: HotStore,
  site: HotSite,
  names: readonly string[],
): Promise<HotPoints> {
  const known = new Map<string, number>();
  // Statements, not a batch: numbers never change, so that two states can't contradict each other.
  for (const list of jsonParameters(names)) {
    const { rows } = await store.select<{ name: string; number: number }>(NUMBERS, site.id, list);
    for (const { name, number } of rows) known.set(name, number);
  }
  const unknown = names.filter((name) => !known.has(name));
  // Sorted here too, where more than one statement is needed.
  const lists = jsonParameters(sortNames(unknown));
  const statements: HotStatement[] = [
    ...lists.map((list) => ({ sql: ADD, values: [site.id, list] })),
    ...lists.map((list) => ({ sql: NUMBERS, values: [site.id, list] })),
    { sql: COUNT, values: [site.id] },
  ];
  if (lists.length === 0) {
    const { rows } = await store.select<{ count: number }>(COUNT, site.id);
    return { numbers: numbersOf(names, known), count: rows[0]?.count ?? 0 };
  }
  const { results } = await commitFenced(store, site, statements);
  for (const row of results.flat()) if ("name" in row) known.set(String(row.name), Number(row.number));
  return { numbers: numbersOf(names, known), count: Number(results.at(-1)?.[0]?.count) };
}

function numbersOf(names: readonly string[], known: ReadonlyMap<string, number>): Uint32Array {
  return Uint32Array.from(names, (name) => {
    const number = known.get(name);
    if (number === undefined) throw new Error(`the point ${JSON.stringify(name)} has no number`);
    return number;
  });
}
