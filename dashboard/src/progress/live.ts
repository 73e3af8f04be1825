import type { Status } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { Update } from "../worker-api/worker-api.ts";
import { type RequestCount, withRequestCount } from "./rates.ts";

/** The latest status, and how current it is. */
export interface Live {
  /** How the last status was received; undefined before the first. */
  readonly by: "stream" | "poll" | undefined;
  /** undefined before the first status, and when no backfill was ever started. */
  readonly status: Status | undefined;
  readonly receivedAt: EpochMs | undefined;
  /** Why nothing is received; undefined while updates arrive. */
  readonly error: string | undefined;
  readonly requestCounts: readonly RequestCount[];
}

export const NOTHING_RECEIVED: Live = {
  by: undefined,
  status: undefined,
  receivedAt: undefined,
  error: undefined,
  requestCounts: [],
};

export function withUpdate(live: Live, update: Update, at: EpochMs): Live {
  switch (update.kind) {
    case "status": {
      const status = update.status.status === "not_started" ? undefined : update.status;
      const requestCounts = status ? withRequestCount(live.requestCounts, status, at) : [];
      return { by: update.by, status, receivedAt: at, error: undefined, requestCounts };
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

/** A stream sends something every 15 s, and polls come every 4 s. */
const FRESH_MS = 20_000;

export type Freshness =
  | { readonly kind: "connecting"; readonly why: string | undefined }
  | { readonly kind: "live"; readonly by: "stream" | "poll" }
  | { readonly kind: "stale"; readonly ageMs: number; readonly why: string | undefined };

export function freshness({ by, receivedAt, error }: Live, now: EpochMs): Freshness {
  if (receivedAt === undefined || by === undefined) return { kind: "connecting", why: error };
  const ageMs = now - receivedAt;
  return ageMs > FRESH_MS ? { kind: "stale", ageMs, why: error } : { kind: "live", by };
}
