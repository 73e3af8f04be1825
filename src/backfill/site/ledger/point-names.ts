import { SQL_VALUE_BYTES_MAX } from "../../../domain/limits.ts";
import type { Isolate } from "../../isolate/isolate.ts";
import type { Sql, Store } from "../../ports.ts";
import { getState } from "./state.ts";

/** The names of a site's points, and their ids by name. */
export interface PointList {
  readonly names: readonly string[];
  readonly ids: ReadonlyMap<string, number>;
  /** Of memory. */
  readonly bytes: number;
}

/** The stored list as every page is read with it. Kept while the isolate has room; read from the database again after. */
export class PointNames {
  readonly #store: Store;
  readonly #isolate: Isolate;
  #kept: { readonly hash: string; readonly list: PointList } | undefined;

  constructor(store: Store, isolate: Isolate) {
    this.#store = store;
    this.#isolate = isolate;
  }

  current(): PointList {
    return this.#store.tx((sql) => {
      const hash = getState(sql, "points")?.hash ?? "";
      if (this.#kept?.hash === hash) {
        this.#isolate.touchCached(this);
        return this.#kept.list;
      }
      const names = readPoints(sql);
      const bytes = pointListBytes(
        names.length,
        names.reduce((sum, name) => sum + name.length, 0),
      );
      const list = { names, ids: new Map(names.map((name, id) => [name, id])), bytes };
      const evict = () => {
        this.#kept = undefined;
      };
      this.#kept = this.#isolate.cache(this, bytes, evict) ? { hash, list } : undefined;
      return list;
    });
  }
}

export const pointListBytes = (points: number, nameBytes: number) => nameBytes + points * BYTES_A_NAME;

/** A string's header, and its place in the map and the list. */
const BYTES_A_NAME = 60;

/** In parts that SQLite takes, each a JSON array. */
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
