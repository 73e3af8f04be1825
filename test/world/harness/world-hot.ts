import type { HotStore } from "../../../src/ports/hot.ts";
import { HotUnavailable } from "../../../src/ports/hot.ts";
import { SqliteHotStore } from "../../support/hot/sqlite-hot-store.ts";
import type { Effects } from "./effects.ts";
import type { Incarnation } from "./incarnation.ts";

/** D1: one database of all sites, with the tables and the bounds of production. */
export class WorldHot {
  readonly store = new SqliteHotStore();
  /** Deletions included, as D1 counts them. */
  rowsWritten = 0;
  readonly #effects: Effects;

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  portOf(incarnation: Incarnation): HotStore {
    const remote = <V>(what: string, act: () => Promise<V>) => {
      const label = `${incarnation.name} hot.${what}`;
      return this.#effects.remote(
        incarnation,
        { label, fault: () => new HotUnavailable(`${label} failed`) },
        act,
      );
    };
    return {
      select: (statement, ...values) => remote("select", () => this.store.select(statement, ...values)),
      batch: (statements) =>
        remote("batch", async () => {
          const committed = await this.store.batch(statements);
          this.rowsWritten += committed.rowsWritten;
          return committed;
        }),
      size: () => remote("size", () => this.store.size()),
    };
  }
}
