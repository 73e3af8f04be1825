import type { Sql } from "../../ports/ports.ts";

/** The table of `stateValues`; each object has its own migrations of it. */
export const STATE_TABLE = { name: "state" } as const;

/** The values of an object's table `state` by their keys, as JSON; `initial` where there is no row. */
export function stateValues<V extends object>(initial: V) {
  return {
    getState<K extends keyof V & string>(sql: Sql, key: K): V[K] {
      const [row] = sql.all<{ value: string }>("SELECT value FROM state WHERE key = ?", key);
      return row ? (JSON.parse(row.value) as V[K]) : initial[key];
    },
    /** Undefined deletes the row. */
    setState<K extends keyof V & string>(sql: Sql, key: K, value: V[K]): void {
      if (value === undefined) sql.run("DELETE FROM state WHERE key = ?", key);
      else
        sql.run(
          "INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
          key,
          JSON.stringify(value),
        );
    },
  };
}

/** Each of the counts with `more` added. */
export function plusCounts<T extends { [K in keyof T]: number }>(before: T, more: Partial<T>): T {
  const after = { ...before };
  for (const key of Object.keys(more) as (keyof T)[])
    after[key] = (before[key] + (more[key] ?? 0)) as T[keyof T];
  return after;
}
