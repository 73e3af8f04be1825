import type { SyncStatus } from "../../../src/contract/etl.ts";
import type { EpochMs } from "../../../src/domain/day.ts";

/** What the page knows of the live sync, from the ETL Sync Worker. */
export interface SyncState {
  /** Where the ETL Sync Worker is; undefined where nobody has said it, and nothing suggests it. */
  readonly url: string | undefined;
  /** undefined until that address has responded. */
  readonly status: SyncStatus | undefined;
  readonly receivedAt: EpochMs | undefined;
  /** Why the last request brought nothing; undefined after one that did. */
  readonly error: string | undefined;
}

export const NO_SYNC: SyncState = {
  url: undefined,
  status: undefined,
  receivedAt: undefined,
  error: undefined,
};

export type SyncAction =
  | { readonly type: "address"; readonly url: string }
  | { readonly type: "status"; readonly status: SyncStatus; readonly at: EpochMs }
  | { readonly type: "failed"; readonly error: string };

/** Another address removes what the earlier one has said; a failure keeps it. */
export function reduceSync(sync: SyncState, action: SyncAction): SyncState {
  switch (action.type) {
    case "address":
      return { ...NO_SYNC, url: action.url };
    case "status":
      return { ...sync, status: action.status, receivedAt: action.at, error: undefined };
    case "failed":
      return { ...sync, error: action.error };
    default:
      return action satisfies never;
  }
}

/** Two polls and a half: then what is shown is old. */
const OLD_MS = 25_000;

/** For how long nothing was received; undefined while what is shown is current. */
export function silentMs({ receivedAt, error }: SyncState, now: EpochMs): number | undefined {
  if (receivedAt === undefined) return undefined;
  const ageMs = now - receivedAt;
  return error !== undefined || ageMs > OLD_MS ? ageMs : undefined;
}

/** The Worker's time now: its clock at the last status, and the time since. This machine's clock may differ. */
export function workerNow({ status, receivedAt }: SyncState, now: EpochMs): EpochMs {
  if (!status || receivedAt === undefined) return now;
  return Date.parse(status.timestamp) + Math.max(0, now - receivedAt);
}

/**
 * The likely URL of the ETL Sync Worker: beside this Worker under the name in its toml, or on the port of `npm start`. Its
 * status needs no token, so that the page may ask there without being told to.
 */
export function proposedSyncUrl(origin: string): string {
  if (!URL.canParse(origin)) return "";
  const url = new URL(origin);
  if (url.hostname.includes("backfill")) return origin.replace("backfill", "etl-sync");
  return url.port === "8787" ? `${url.protocol}//${url.hostname}:8790` : "";
}
