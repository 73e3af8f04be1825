import { SQL_VALUE_BYTES_MAX } from "../../domain/limits.ts";
import type { Isolate } from "../isolate.ts";
import type { Sql, Store } from "../ports.ts";
import { fact } from "./state.ts";

/** The stored list as every page is read with it: made once a list, and counted as held. */
export class PointNames {
  readonly #store: Store;
  readonly #isolate: Isolate;
  #made: { hash: string; names: string[]; ids: Map<string, number>; release: () => void } | undefined;

  constructor(store: Store, isolate: Isolate) {
    this.#store = store;
    this.#isolate = isolate;
  }

  current(): { ids: ReadonlyMap<string, number>; names: readonly string[] } {
    return this.#store.tx((sql) => {
      const hash = fact(sql, "points")?.hash ?? "";
      if (this.#made?.hash !== hash) {
        this.#made?.release();
        const names = readPoints(sql);
        const bytes = names.reduce((sum, name) => sum + name.length + BYTES_A_NAME, 0);
        const ids = new Map(names.map((name, id) => [name, id]));
        this.#made = { hash, names, ids, release: this.#isolate.hold(bytes) };
      }
      return this.#made;
    });
  }
}

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
