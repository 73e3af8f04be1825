import type { EpochMs, UtcDay } from "../../../src/domain/day.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { stopVouching } from "../../../src/hot/hot.ts";
import {
  type HotStatement,
  type HotStore,
  HotUnavailable,
  type HotValue,
  type Vouching,
} from "../../../src/ports/hot.ts";
import { SqliteHotStore } from "../../support/hot/sqlite-hot-store.ts";
import type { Effects } from "./effects.ts";
import type { Incarnation } from "./incarnation.ts";

const FULL = "D1_ERROR: Exceeded maximum DB size: SQLITE_FULL";
const ADDS_ROWS = /^\s*INSERT INTO (blocks|windows|points|days)/;

/** A transaction that is about to be run. */
export interface HotBatch {
  readonly statements: readonly HotStatement[];
  readonly caller: string;
}

/** D1: one database of all sites, with the tables and the bounds of production. */
export class WorldHot {
  readonly store = new SqliteHotStore();
  /** What D1 says to every call while it fails. */
  failing: string | undefined;
  /** With so many blocks it has its largest size: rows are changed and deleted, and none is added. */
  blocksMax = Number.POSITIVE_INFINITY;
  /** Called before a transaction is run and after it was committed, at the same moment of the world. */
  before: (batch: HotBatch) => Promise<void> = async () => undefined;
  after: (batch: HotBatch, rowsWritten: number) => void = () => undefined;
  /** Transactions that have changed something. */
  commits = 0;
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
          if (this.failing) throw new HotUnavailable(this.failing);
          await stopVouching(this.#portNow(incarnation.name), site, day);
          this.onStop(incarnation, site, day);
        }),
    };
  }

  portOf(incarnation: Incarnation): HotStore {
    const remote = <V>(what: string, act: () => Promise<V>) => {
      const label = `${incarnation.name} hot.${what}`;
      const fault = () => new HotUnavailable(`${label} failed`);
      return this.#effects.remote(incarnation, { label, fault }, () => {
        if (this.failing) throw new HotUnavailable(this.failing);
        return act();
      });
    };
    return {
      select: <R>(statement: string, ...values: readonly HotValue[]) =>
        remote("select", async () => {
          const selected = await this.store.select<R>(statement, ...values);
          this.rowsRead += selected.rowsRead;
          return selected;
        }),
      batch: (statements) => remote("batch", () => this.#batch({ statements, caller: incarnation.name })),
      size: () => remote("size", () => this.store.size()),
    };
  }

  /** Without requests and responses that travel. */
  #portNow(caller: string): HotStore {
    return {
      select: (statement, ...values) => this.store.select(statement, ...values),
      batch: (statements) => this.#batch({ statements, caller }),
      size: () => this.store.size(),
    };
  }

  async #batch(batch: HotBatch) {
    const isFull = this.blocksMax < Number.POSITIVE_INFINITY && this.blocks >= this.blocksMax;
    if (isFull && batch.statements.some(({ sql }) => ADDS_ROWS.test(sql))) throw new HotUnavailable(FULL);
    await this.before(batch);
    const committed = await this.store.batch(batch.statements);
    if (committed.rowsWritten > 0) this.commits += 1;
    this.rowsWritten += committed.rowsWritten;
    this.rowsRead += committed.rowsRead;
    this.after(batch, committed.rowsWritten);
    return committed;
  }

  get blocks(): number {
    return this.rows<{ count: number }>("SELECT count(*) AS count FROM blocks")[0]?.count ?? 0;
  }

  /** Drops all tables, as where the schema was never applied. */
  dropTables(): void {
    for (const { name } of this.rows<{ name: string }>(TABLES)) this.store.db.exec(`DROP TABLE ${name}`);
  }

  createTables(): void {
    this.store.createTables();
  }

  /** Reads from outside; no rows where there are no tables. */
  rows<T>(query: string, ...values: readonly (string | number)[]): T[] {
    if (query !== TABLES && this.rows(TABLES).length === 0) return [];
    return this.store.db.prepare(query).all(...values) as T[];
  }
}

// Tables after those that refer to them.
const TABLES = `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name = 'sites'`;

/** A day as the table of days has it. */
export interface HotDayRow {
  readonly site: string;
  readonly day: string;
  readonly version: number;
  readonly whole: number;
  readonly released: number;
  readonly samples: number;
}

export interface HotWindowRow {
  readonly site: string;
  readonly from_ms: EpochMs;
  readonly to_ms: EpochMs;
  readonly read_to_ms: EpochMs;
  readonly read_at_ms: EpochMs;
  readonly version: number;
  readonly samples: number;
}

export interface HotSiteRow {
  readonly name: string;
  readonly epoch: number;
  readonly since_ms: EpochMs;
  readonly watermark_ms: EpochMs | null;
}

export const hotSites = (hot: WorldHot) => hot.rows<HotSiteRow>("SELECT * FROM sites ORDER BY name");

export const hotDays = (hot: WorldHot) =>
  hot.rows<HotDayRow>(
    "SELECT sites.name AS site, days.* FROM days JOIN sites ON sites.id = site_id ORDER BY site, day",
  );

export const hotWindows = (hot: WorldHot) =>
  hot.rows<HotWindowRow>(
    "SELECT sites.name AS site, windows.* FROM windows JOIN sites ON sites.id = site_id ORDER BY site, from_ms",
  );
