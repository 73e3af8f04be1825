import { SQL_VALUE_BYTES_MAX } from "../domain/limits.ts";
import type { Isolate } from "../object/isolate/isolate.ts";
import type { Table } from "../object/tables/tables.ts";
import type { Sql, Store } from "../ports/ports.ts";

/** The configured points, sorted, in JSON arrays of a size that SQLite takes. */
export const pointsTable: Table = {
  name: "points",
  migrations: {
    1: ["CREATE TABLE IF NOT EXISTS points (idx INTEGER PRIMARY KEY, names TEXT NOT NULL)"],
  },
};

/** The names of a site's points, and their ids by name. */
export interface PointList {
  readonly names: readonly string[];
  readonly ids: ReadonlyMap<string, number>;
  /** Memory that the list takes. */
  readonly bytes: number;
}

/** The stored list of points, cached while the isolate has room; after that it is read from the database again. */
export class PointNames {
  readonly #store: Store;
  readonly #isolate: Isolate;
  readonly #hashOf: (sql: Sql) => string | undefined;
  #cached: { readonly hash: string; readonly list: PointList } | undefined;

  /** `hashOf` returns the hash of the stored list; undefined before a list was stored. */
  constructor(store: Store, isolate: Isolate, hashOf: (sql: Sql) => string | undefined) {
    this.#hashOf = hashOf;
    this.#store = store;
    this.#isolate = isolate;
  }

  current(): PointList {
    return this.#store.tx((sql) => {
      const hash = this.#hashOf(sql) ?? "";
      if (this.#cached?.hash === hash) {
        this.#isolate.touchCached(this);
        return this.#cached.list;
      }
      const names = readPoints(sql);
      const bytes = pointListBytes(
        names.length,
        names.reduce((sum, name) => sum + name.length, 0),
      );
      const list = { names, ids: new Map(names.map((name, id) => [name, id])), bytes };
      const evict = () => {
        this.#cached = undefined;
      };
      this.#cached = this.#isolate.cache(this, bytes, evict) ? { hash, list } : undefined;
      return list;
    });
  }
}

export const pointListBytes = (points: number, nameBytes: number) => nameBytes + points * BYTES_A_NAME;

/** A string's header, and its place in the map and the list. */
const BYTES_A_NAME = 60;

/** Replaces the stored list. */
export function storePoints(sql: Sql, names: readonly string[]): void {
  sql.run("DELETE FROM points");
  let part: string[] = [];
  let bytes = 0;
  let index = 0;
  const flush = () => {
    if (part.length > 0) sql.run("INSERT INTO points VALUES (?, ?)", index++, JSON.stringify(part));
    part = [];
    bytes = 0;
  };
  for (const name of names) {
    // UTF-8 takes at most three bytes a code unit, and JSON at most six characters for one.
    const size = name.length * 6 + 3;
    if (bytes + size > SQL_VALUE_BYTES_MAX) flush();
    part.push(name);
    bytes += size;
  }
  flush();
}

function readPoints(sql: Sql): string[] {
  return sql
    .all<{ names: string }>("SELECT names FROM points ORDER BY idx")
    .flatMap((row) => JSON.parse(row.names) as string[]);
}
