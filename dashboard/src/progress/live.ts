import type { Status } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { Heard } from "../api/follow.ts";
import { type Reading, withReading } from "./pace.ts";

/** What is known of the backfill, and since when. */
export interface Live {
  /** How the last status came; undefined before any has. */
  readonly by: "stream" | "poll" | undefined;
  /** undefined: none was ever started, or nothing was heard yet. */
  readonly status: Status | undefined;
  readonly heardAt: EpochMs | undefined;
  /** Why nothing is heard; undefined while something is. */
  readonly silence: string | undefined;
  readonly readings: readonly Reading[];
}

export const NOTHING_HEARD: Live = {
  by: undefined,
  status: undefined,
  heardAt: undefined,
  silence: undefined,
  readings: [],
};

export function hear(live: Live, heard: Heard, at: EpochMs): Live {
  switch (heard.kind) {
    case "status": {
      const status = heard.status.status === "not_started" ? undefined : heard.status;
      const readings = status ? withReading(live.readings, status, at) : [];
      return { by: heard.by, status, heardAt: at, silence: undefined, readings };
    }
    case "alive":
      return { ...live, heardAt: at, silence: undefined };
    case "silent":
      return { ...live, silence: heard.why };
    case "refused":
      return live;
    default:
      return heard satisfies never;
  }
}

/** A stream speaks every 15 s, and polls come every 4. */
const FRESH_MS = 20_000;

export type Freshness =
  | { readonly kind: "connecting"; readonly why: string | undefined }
  | { readonly kind: "live"; readonly by: "stream" | "poll" }
  | { readonly kind: "old"; readonly ageMs: number; readonly why: string | undefined };

export function freshness({ by, heardAt, silence }: Live, now: EpochMs): Freshness {
  if (heardAt === undefined || by === undefined) return { kind: "connecting", why: silence };
  const ageMs = now - heardAt;
  return ageMs > FRESH_MS ? { kind: "old", ageMs, why: silence } : { kind: "live", by };
}
