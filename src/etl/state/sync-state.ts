import type { PageSizeLadder } from "../../ace/paging/paging.ts";
import type { WeatherSample } from "../../ace/weather/weather.ts";
import type { SyncAlert, SyncRun } from "../../contract/etl.ts";
import type { EpochMs, UtcDay } from "../../domain/day.ts";
import { plusCounts, STATE_TABLE, stateValues, type Table } from "../../object/tables/tables.ts";
import type { DueReport } from "../../ports/due.ts";
import type { Sql } from "../../ports/ports.ts";

/** Values by name, as JSON. What hot storage holds is in D1 alone; this is what the site's object knows beside it. */
export const stateTable: Table = {
  ...STATE_TABLE,
  migrations: { 1: ["CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL)"] },
};

/** A time before which something is not tried again. */
export interface Pause {
  readonly until: EpochMs;
  /** How long it lasts: the next one is twice as long. */
  readonly delayMs: number;
  readonly reason: string;
}

/** What keeps a day from leaving hot storage. */
export interface RollOver {
  /** The day is to be fetched once more, by a fetch that begins at this time or later. */
  readonly fetchedSince: EpochMs;
  readonly failures: number;
  /** No attempt is made before it. */
  readonly retryAt: EpochMs;
  /** Its object lacks samples of configured points: an operator has to look. */
  readonly isKept: boolean;
  readonly error: string | null;
}

export interface StateValues {
  points?:
    | {
        hash: string;
        count: number;
        loadedAt: EpochMs;
        skipped?: { count: number; message: string } | undefined;
      }
    | undefined;
  /** Why nothing is read until an operator acts. */
  halt?: { reason: string; at: EpochMs } | undefined;
  /** The API can't be reached, or has stated a pause. */
  apiPause?: Pause | undefined;
  /** Hot storage can't be used. */
  hotPause?: (Pause & { kind: "unavailable" | "tables-missing" | "full" }) | undefined;
  /** Of windows and hours that can't be read, by their start. */
  windowPauses: Record<string, Pause>;
  pageSize?: { configured: number; ladder: PageSizeLadder } | undefined;
  /** The last answer of the site's backfill about due days. */
  due?: { at: EpochMs; report: DueReport } | undefined;
  /** Days that hot storage is responsible for, as last read: they are archived also while D1 can't be read. */
  days: UtcDay[];
  rollOvers: Record<string, RollOver>;
  rolledOver: { days: number; lastDay: UtcDay | null; lastAt: EpochMs | null };
  lastSync?: SyncRun | undefined;
  newestMs?: EpochMs | undefined;
  totals: {
    samples: number;
    rowsWritten: number;
    requests: number;
    retries: number;
    rateLimited: number;
    errors: number;
  };
  rowsToday: { day: string; rows: number };
  databaseBytes?: number | undefined;
  alerts: SyncAlert[];
  /** Readings of the weather that hot storage does not have yet. */
  weather: WeatherSample[];
  lastErrorAt?: EpochMs | undefined;
  codeVersion?: string | undefined;
}

const INITIAL: StateValues = {
  windowPauses: {},
  alerts: [],
  weather: [],
  days: [],
  rollOvers: {},
  rolledOver: { days: 0, lastDay: null, lastAt: null },
  totals: { samples: 0, rowsWritten: 0, requests: 0, retries: 0, rateLimited: 0, errors: 0 },
  rowsToday: { day: "", rows: 0 },
};

export const { getState, setState } = stateValues<StateValues>(INITIAL);

/** Adds to the totals; none of them ever falls. */
export function addToTotals(sql: Sql, more: Partial<StateValues["totals"]>): void {
  setState(sql, "totals", plusCounts(getState(sql, "totals"), more));
}

/** Adds rows that D1 has written to the totals, and to those of the UTC day. */
export function countRowsWritten(sql: Sql, rows: number, day: UtcDay): void {
  addToTotals(sql, { rowsWritten: rows });
  const today = getState(sql, "rowsToday");
  setState(sql, "rowsToday", { day, rows: (today.day === day ? today.rows : 0) + rows });
}
