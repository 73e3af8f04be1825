import type { UtcDay } from "../../../src/domain/day.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { stopVouching } from "../../../src/hot/hot.ts";
import type { HotStore, HotValue, Vouching } from "../../../src/ports/hot.ts";
import { HotUnavailable } from "../../../src/ports/hot.ts";
import { SqliteHotStore } from "../../support/hot/sqlite-hot-store.ts";
import type { Effects } from "./effects.ts";
import type { Incarnation } from "./incarnation.ts";

/** D1: one database of all sites, with the tables and the bounds of production. */
export class WorldHot {
  readonly store = new SqliteHotStore();
  /** Deletions included, as D1 counts them. */
  rowsWritten = 0;
  /** Rows that statements returned; D1 counts those that it scans. */
  rowsRead = 0;
  readonly #effects: Effects;
  /** Called when hot storage has stopped vouching for a day, before the caller knows. */
  onStop: (incarnation: Incarnation, site: SiteName, day: UtcDay) => void = () => undefined;

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  vouchingOf(incarnation: Incarnation): Vouching {
    const label = `${incarnation.name} hot.stopVouching`;
    const fault = () => new HotUnavailable(`${label} failed`);
    return {
      stopVouching: (site, day) =>
        this.#effects.remote(incarnation, { label, fault }, async () => {
          await stopVouching(this.store, site, day);
          this.onStop(incarnation, site, day);
        }),
    };
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
      select: <R>(statement: string, ...values: readonly HotValue[]) =>
        remote("select", async () => {
          const selected = await this.store.select<R>(statement, ...values);
          this.rowsRead += selected.rowsRead;
          return selected;
        }),
      batch: (statements) =>
        remote("batch", async () => {
          const committed = await this.store.batch(statements);
          this.rowsWritten += committed.rowsWritten;
          this.rowsRead += committed.rowsRead;
          return committed;
        }),
      size: () => remote("size", () => this.store.size()),
    };
  }
}
