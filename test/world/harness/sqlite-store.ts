import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Row, Sql, SqlValue, Store } from "../../../src/backfill/ports.ts";
import { EffectBroken, type Effects } from "./effects.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Scheduler } from "./scheduler.ts";

/** The outcome of a transaction with changes. */
type Commit = "commit" | "fail" | "commit, then fail" | "lose";

/** Thrown by a transaction that was committed nevertheless. */
class CommittedDespiteError extends EffectBroken {}

/** Limits of SQLite in a Durable Object that SQLite elsewhere does not have. */
const PRODUCTION_LIMITS = {
  length: 2_000_000,
  sqlLength: 100_000,
  column: 100,
  functionArg: 32,
  likePatternLength: 50,
  variableNumber: 100,
};

/** The database of an object, which outlives the object's incarnations. */
export class SqliteDatabase {
  readonly #db = new DatabaseSync(":memory:", { limits: PRODUCTION_LIMITS });
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;
  /** Whether the open transaction will never be committed, because its incarnation dies before it waits again. */
  #lost = false;
  #changes = 0;
  /** Counts outermost transactions. */
  transactions = 0;

  readonly sql: Sql = {
    run: (query, ...values) => {
      this.#changes += Number(this.#statement(query).run(...values).changes);
    },
    all: <T extends Row>(query: string, ...values: SqlValue[]) =>
      this.#statement(query).all(...values) as T[],
  };

  /**
   * All or nothing; an inner transaction runs inside the outer, as in a Durable Object. `onCommit` decides the outcome
   * of a transaction with changes.
   */
  tx<T>(body: (sql: Sql) => T, onCommit: () => Commit = () => "commit"): T {
    const depth = this.#depth++;
    const outermost = depth === 0 && !this.#lost;
    const before = this.#changes;
    this.#db.exec(outermost ? "BEGIN" : `SAVEPOINT s${depth}`);
    try {
      const result = body(this.sql);
      if (result instanceof Promise) throw new Error("a transaction can't wait");
      const commit = outermost && this.#changes > before ? onCommit() : "commit";
      if (commit === "fail") throw new EffectBroken("the transaction");
      if (commit === "lose") this.#lost = true;
      else this.#db.exec(outermost ? "COMMIT" : `RELEASE s${depth}`);
      if (commit === "commit, then fail") throw new CommittedDespiteError("the transaction");
      return result;
    } catch (error) {
      if (!(error instanceof CommittedDespiteError && outermost)) {
        this.#db.exec(outermost ? "ROLLBACK" : `ROLLBACK TO s${depth}; RELEASE s${depth}`);
      }
      throw error;
    } finally {
      this.#depth = depth;
      if (depth === 0) this.transactions += 1;
    }
  }

  /** Rolls back what a dead incarnation wrote and did not commit. */
  forgetLost(): void {
    if (this.#lost) this.#db.exec("ROLLBACK");
    this.#lost = false;
  }

  /** Reads from outside of the object; no rows if the object never ran. */
  read<T extends Row>(query: string, ...values: SqlValue[]): T[] {
    return this.#hasTables ? (this.#prepared(query).all(...values) as T[]) : [];
  }

  /** The transaction that creates the tables may have failed. */
  get #hasTables(): boolean {
    return this.transactions > 0 && this.#prepared("SELECT 1 FROM sqlite_schema LIMIT 1").all().length > 0;
  }

  /** The store of an incarnation, which throws once the incarnation has ended. */
  storeOf(incarnation: Incarnation, effects: Effects, scheduler: Scheduler): Store {
    const label = `${incarnation.name} store.tx`;
    incarnation.onDeath(() => this.forgetLost());
    const onCommit = (): Commit => {
      switch (effects.commit(incarnation, label)) {
        case "fail before":
          return "fail";
        case "effect, then fail":
          return "commit, then fail";
        case "die before":
          scheduler.doom(incarnation);
          return "lose";
        case "die after":
          scheduler.doom(incarnation);
          return "commit";
        case "zombie":
          incarnation.supersede();
          return "fail";
        default:
          return "commit";
      }
    };
    return {
      tx: (body) => {
        if (!incarnation.owns) throw new Error(`${incarnation.name} is not the object any more`);
        return this.tx(body, onCommit);
      },
      sync: () => effects.local(incarnation, `${incarnation.name} store.sync`, () => undefined),
    };
  }

  #statement(query: string): StatementSync {
    if (this.#depth === 0) throw new Error("SQL outside of its transaction");
    return this.#prepared(query);
  }

  #prepared(query: string): StatementSync {
    const known = this.#statements.get(query) ?? this.#db.prepare(query);
    this.#statements.set(query, known);
    return known;
  }
}
