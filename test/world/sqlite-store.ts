import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Row, Sql, SqlValue, Store } from "../../src/backfill/ports.ts";
import type { Effects } from "./effects.ts";
import type { Life } from "./life.ts";

/** What SQLite in a Durable Object refuses, and elsewhere does not. */
const VALUE_BYTES_MAX = 2_000_000;
const PARAMETERS_MAX = 100;

/** One object's database: it outlives the object's incarnations. */
export class SqliteDatabase {
  readonly #db = new DatabaseSync(":memory:");
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;
  /** Rises with every outermost transaction. */
  transactions = 0;

  readonly sql: Sql = {
    run: (query, ...values) => {
      this.#statement(query, values).run(...values);
    },
    all: <T extends Row>(query: string, ...values: SqlValue[]) =>
      this.#statement(query, values).all(...values) as T[],
  };

  /** All or nothing; an inner transaction runs inside the outer, as a Durable Object's do. */
  tx<T>(body: (sql: Sql) => T): T {
    const depth = this.#depth++;
    this.#db.exec(depth === 0 ? "BEGIN" : `SAVEPOINT s${depth}`);
    try {
      const result = body(this.sql);
      if (result instanceof Promise) throw new Error("a transaction can't wait");
      this.#db.exec(depth === 0 ? "COMMIT" : `RELEASE s${depth}`);
      return result;
    } catch (error) {
      this.#db.exec(depth === 0 ? "ROLLBACK" : `ROLLBACK TO s${depth}; RELEASE s${depth}`);
      throw error;
    } finally {
      this.#depth = depth;
      if (depth === 0) this.transactions += 1;
    }
  }

  /** A look from outside; nothing where the object never lived. */
  look<T extends Row>(query: string, ...values: SqlValue[]): T[] {
    return this.transactions === 0 ? [] : (this.#prepared(query).all(...values) as T[]);
  }

  /** The store as one incarnation sees it; a dead one reaches it no more. */
  storeOf(life: Life, effects: Effects): Store {
    return {
      tx: (body) => {
        if (!life.alive) throw new Error(`${life.name} is dead`);
        return this.tx(body);
      },
      sync: () => effects.local(life, `${life.name} store.sync`, () => undefined),
    };
  }

  #statement(query: string, values: readonly SqlValue[]): StatementSync {
    if (this.#depth === 0) throw new Error("SQL outside of its transaction");
    if (values.length > PARAMETERS_MAX) throw new Error(`${values.length} parameters`);
    for (const value of values) {
      const bytes = typeof value === "string" ? value.length : value instanceof Uint8Array ? value.length : 0;
      if (bytes > VALUE_BYTES_MAX) throw new Error(`a value of ${bytes} bytes`);
    }
    return this.#prepared(query);
  }

  #prepared(query: string): StatementSync {
    const known = this.#statements.get(query) ?? this.#db.prepare(query);
    this.#statements.set(query, known);
    return known;
  }
}
