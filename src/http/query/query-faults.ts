import * as wire from "../../contract/query.ts";
import { parseObjectKey } from "../../domain/layout.ts";
import { ArchiveUnavailable } from "../../query/archive-requests.ts";
import { ListingTooLong } from "../../query/archived-days.ts";
import { ObjectUnreadable, ObjectUnsettled } from "../../query/cold/faults.ts";
import { DayTooLarge } from "../../query/day-series.ts";
import { HotUnavailable } from "../../query/hot/database.ts";
import { type Answer, refusal } from "../server/answer.ts";
import { RETRY_AFTER, type Reply } from "../server/route.ts";

/** Longer than a hiccup: those were waited for already. */
const RETRY_AFTER_SECONDS = 10;

/** As at the head of workers/wrangler-query.toml. */
const CREATE_TABLES =
  "npx wrangler d1 execute ace-timeseries-hot -c workers/wrangler-query.toml --env production --remote --file workers/schema/d1-schema.sql";

/** Of every route that reads: what `faultAnswer` gives. */
export const FAULT_REPLIES: Readonly<Record<number, Reply>> = {
  500: {
    description:
      "Configuration invalid; an object of the archive, which is named, is damaged; or an internal error",
    schema: wire.problem,
  },
  503: {
    description: "R2 or D1 can't be read, or an object is replaced again and again",
    schema: wire.problem,
    headers: RETRY_AFTER,
  },
};

/**
 * What the caller gets to know of a fault behind the Worker, and what helps against it; undefined: it is none that was
 * foreseen. What passes by itself is a 503. What does not is a 500, not a 502: those are asked again by clients and
 * proxies of their own accord, and Cloudflare itself gives them for a Worker that it can't reach.
 */
export function faultAnswer(fault: unknown): Answer | undefined {
  if (fault instanceof HotUnavailable) {
    return fault.tablesMissing
      ? unavailable("Hot storage has no tables", `Create them: ${CREATE_TABLES}`)
      : unavailable(
          "Hot storage unavailable",
          "Ask again. Days that are archived and older than HOT_DAYS are answered without it",
        );
  }
  if (fault instanceof ArchiveUnavailable) {
    return unavailable("Archive unavailable", "Ask again. Days that D1 has whole are answered without it");
  }
  if (fault instanceof ObjectUnsettled) {
    return unavailable("Object unsettled", "It is being replaced; ask again", [fault.key]);
  }
  if (fault instanceof ObjectUnreadable) {
    return refusal(500, { error: "Object unreadable", details: [fault.key], hint: verifying(fault) });
  }
  if (fault instanceof DayTooLarge) {
    return refusal(400, {
      error: "Too many samples in a day",
      details: [fault.message],
      hint: "Ask for fewer points, or for a part of the day",
    });
  }
  if (fault instanceof ListingTooLong) {
    return refusal(500, {
      error: "Listing too long",
      details: [fault.prefix],
      hint: "Remove from there what is no site's file of a day. GET /timeseries/query lists nothing",
    });
  }
  return undefined;
}

function unavailable(error: string, hint: string, details?: readonly string[]): Answer {
  const problem = { error, ...(details && { details: [...details] }), hint };
  return refusal(503, problem, { "Retry-After": String(RETRY_AFTER_SECONDS) });
}

/** A day whose object it finds damaged is no longer completed, and so is fetched again. */
function verifying({ key }: ObjectUnreadable): string {
  const { site, day } = parseObjectKey(key) ?? {};
  const body = JSON.stringify({ mode: "full", site, from: day, to: day });
  return `Let the Backfill Worker look at it, which fetches it again, at the latest with its next start: POST /backfill/verify ${body}`;
}
