import type { DueSummary, Status } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { Update } from "../worker-api/worker-api.ts";
import { type RequestCount, withRequestCount } from "./rates.ts";

/** The latest status, and how current it is. */
export interface Live {
  /** How the last status was received; undefined before the first. */
  readonly by: "stream" | "poll" | undefined;
  /** undefined before the first status, and when no backfill was ever started. */
  readonly status: Status | undefined;
  /** Due days, also where no backfill was ever started; undefined where there are none. */
  readonly due: DueSummary | undefined;
  readonly receivedAt: EpochMs | undefined;
  /** Why nothing is received; undefined while updates arrive. */
  readonly error: string | undefined;
  readonly requestCounts: readonly RequestCount[];
}

export const NOTHING_RECEIVED: Live = {
  by: undefined,
  status: undefined,
  due: undefined,
  receivedAt: undefined,
  error: undefined,
  requestCounts: [],
};

export function withUpdate(live: Live, update: Update, at: EpochMs): Live {
  switch (update.kind) {
    case "status": {
      const status = update.status.status === "not_started" ? undefined : update.status;
      const requestCounts = status ? withRequestCount(live.requestCounts, status, at) : [];
      const { due } = update.status;
      return { by: update.by, status, due, receivedAt: at, error: undefined, requestCounts };
    }
    case "heartbeat":
      return { ...live, receivedAt: at, error: undefined };
    case "no-response":
      return { ...live, error: update.why };
    case "unauthorized":
      return live;
    default:
      return update satisfies never;
  }
}

/** A stream sends something every 1.5 s, or 4.5 s while a site does not respond; a poll comes as often. */
const FRESH_MS = 5_000;

export type Freshness =
  | { readonly kind: "connecting" }
  | { readonly kind: "live"; readonly by: "stream" | "poll" }
  /** The connection is lost: the values shown are old by `ageMs`. */
  | { readonly kind: "lost"; readonly ageMs: number; readonly why: string | undefined };

export function freshness({ by, receivedAt, error }: Live, now: EpochMs): Freshness {
  if (receivedAt === undefined || by === undefined)
    return error === undefined ? { kind: "connecting" } : { kind: "lost", ageMs: 0, why: error };
  const ageMs = now - receivedAt;
  return error !== undefined || ageMs > FRESH_MS ? { kind: "lost", ageMs, why: error } : { kind: "live", by };
}
