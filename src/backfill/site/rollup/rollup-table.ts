import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import type { RollupPeriod } from "../../../domain/rollup.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { Sql } from "../../ports.ts";
import type { MergePosition } from "./collected/collected.ts";

/** What the site knows of the roll-up of each period, as JSON. */
export const rollupTable: Table = {
  name: "rollup",
  migrations: { 7: ["CREATE TABLE rollup (period TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID"] },
};

/** The days that a roll-up describes, each with the first characters of its object's etag. */
export type NamedDays = Readonly<Record<string, string>>;

/** A roll-up in R2 that a HEAD has shown. */
export interface RollupObject {
  readonly etag: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly days: NamedDays;
}

/** A roll-up that is being made: its days, with the whole etags of their objects, and how far it is. */
export interface RollupBuild {
  readonly days: Readonly<Record<string, string>>;
  /** Of its row groups; absent in builds of versions before 1.1.0. */
  readonly formatVersion?: string;
  /** How far its merge is, with the bytes and the rows so far. */
  readonly position: MergePosition & { readonly offset: number; readonly rows: number };
  /** Present once the file is complete. */
  readonly file?: { readonly bytes: number; readonly sha256: string };
}

/** What the site knows of the roll-up of a period. */
export interface Rollup {
  /** Rises with every write of the object that begins, and with every result that is recorded. */
  readonly version: number;
  /** The roll-up that R2 has, as far as the ledger knows; absent where R2 may have none, an empty one, or another. */
  readonly object?: RollupObject | undefined;
  /** In the last empty roll-up that the site has put. No put of a roll-up has begun that replaces it. */
  readonly unusedNonce?: string | undefined;
  /** The object in R2 may be a roll-up that has to be cleared. */
  readonly wrong?: boolean | undefined;
  /** Somebody has asked for it: it is made however few days it lacks. */
  readonly requested?: boolean | undefined;
  readonly build?: RollupBuild | undefined;
  /** When a HEAD has last shown `object`. */
  readonly checkedAt?: EpochMs | undefined;
  /** How often somebody has asked for a check. */
  readonly checksRequested?: number | undefined;
  /** When the last write of the object began or ended. */
  readonly writtenAt?: EpochMs | undefined;
  /** Steps that have begun since the last that made progress. */
  readonly attempts: number;
  /** Failed steps in a row, the message of the last, and when the next begins. */
  readonly failures: number;
  readonly failure?: string | undefined;
  readonly retryAt?: EpochMs | undefined;
}

const NO_ROLLUP: Rollup = { version: 0, attempts: 0, failures: 0 };

export function getRollup(sql: Sql, period: RollupPeriod): Rollup {
  const [row] = sql.all<{ body: string }>("SELECT body FROM rollup WHERE period = ?", period);
  return row ? (JSON.parse(row.body) as Rollup) : NO_ROLLUP;
}

/** Changes some values. Returns all of them. */
export function setRollup(sql: Sql, period: RollupPeriod, changes: Partial<Rollup>): Rollup {
  const rollup = { ...getRollup(sql, period), ...changes };
  sql.run(
    "INSERT INTO rollup VALUES (?, ?) ON CONFLICT (period) DO UPDATE SET body = excluded.body",
    period,
    JSON.stringify(rollup),
  );
  return rollup;
}

/** All periods with a row, in order. */
export function allRollups(sql: Sql): Map<RollupPeriod, Rollup> {
  const rows = sql.all<{ period: RollupPeriod; body: string }>(
    "SELECT period, body FROM rollup ORDER BY period",
  );
  return new Map(rows.map(({ period, body }) => [period, JSON.parse(body) as Rollup]));
}

const ETAG_CHARS = 12;

/** The etag of a day's object as a roll-up names it. */
export const namedEtag = (etag: string) => etag.slice(0, ETAG_CHARS);

/** Whether a roll-up that names `days` describes this version of the day's object. */
export const describes = (days: NamedDays | undefined, day: UtcDay, etag: string) =>
  days?.[day] === namedEtag(etag);
