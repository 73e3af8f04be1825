import type { Sql, SqlValue, Store } from "../../src/ports/ports.ts";
import type { Shell, World } from "../../test/world/harness/world.ts";

/** What the objects of a world have done. */
export interface ObjectCounts {
  /** Calls from other objects and from outside, and alarms. */
  readonly requests: number;
  /** Rows that were returned: SQLite scans some more. */
  readonly rowsRead: number;
  /** Of tables, of their indexes, and one for each alarm that was set. */
  readonly rowsWritten: number;
}

/** Counts the rows of all objects' databases. */
export class CountingShell implements Shell {
  rowsRead = 0;
  rowsWritten = 0;
  readonly #indexes = new Map<string, number>();

  rules<T extends object, P extends { readonly store: Store }>(ports: P, make: (ports: P) => T): T {
    const { store } = ports;
    const counting: Store = {
      tx: (body) => store.tx((sql) => body(this.#counting(sql))),
      sync: () => store.sync(),
    };
    return make({ ...ports, store: counting });
  }

  #counting(sql: Sql): Sql {
    const changes = () => Number(sql.all<{ n: number }>("SELECT total_changes() AS n")[0]?.n ?? 0);
    return {
      run: (query: string, ...values: SqlValue[]) => {
        const before = changes();
        sql.run(query, ...values);
        this.rowsWritten += (changes() - before) * (1 + this.#indexesOf(sql, query));
      },
      all: (query: string, ...values: SqlValue[]) => {
        const rows = sql.all<never>(query, ...values);
        this.rowsRead += rows.length;
        return rows;
      },
    };
  }

  /** Indexes that a row is written to as well; an update seldom changes what is indexed, and most upserts are updates. */
  #indexesOf(sql: Sql, query: string): number {
    if (query.includes("ON CONFLICT")) return 0;
    const table = /^\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|DELETE\s+FROM)\s+(\w+)/i.exec(query)?.[1];
    if (table === undefined) return 0;
    const known = this.#indexes.get(table);
    if (known !== undefined) return known;
    const indexes = sql.all(
      "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?",
      table,
    ).length;
    this.#indexes.set(table, indexes);
    return indexes;
  }
}

/** Calls of objects and their alarms, and the rows of their databases, since the world began. */
export function objectCounts(world: World, shell: CountingShell): ObjectCounts {
  const calls = labels(world, / (?:gate|coordinator|site_\w+)\.\w+$/);
  const objects = [world.coordinator, world.gate, ...world.sites.values(), ...world.syncs.values()];
  const alarms = objects.reduce((sum, object) => sum + object.alarms, 0);
  const alarmsSet = labels(world, / alarm\.arm$/);
  return {
    requests: calls + alarms,
    rowsRead: shell.rowsRead,
    rowsWritten: shell.rowsWritten + alarmsSet,
  };
}

/** How many calls of ports have such a label. */
export const labels = ({ effects }: World, pattern: RegExp): number =>
  effects.labels.filter((label) => pattern.test(label)).length;
