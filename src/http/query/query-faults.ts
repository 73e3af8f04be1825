import * as wire from "../../contract/query.ts";
import { parseObjectKey } from "../../domain/layout.ts";
import { createTablesCommand } from "../../domain/sync-limits.ts";
import { ArchiveUnavailable } from "../../query/archive-requests.ts";
import { ListingTooLong } from "../../query/catalog/catalog.ts";
import { ObjectUnreadable, ObjectUnsettled } from "../../query/cold/cold.ts";
import { DayTooLarge } from "../../query/day-series.ts";
import { HotUnavailable } from "../../query/hot/hot.ts";
import {
  errorResponse,
  type JsonResponse,
  RETRY_AFTER,
  type ResponseDescriptions,
  retryLater,
} from "../server/server.ts";

/** Longer than the Worker's own retries, which have failed by then. */
const RETRY_AFTER_SECONDS = 10;

/** The description of `faultResponse`, for every route that reads. */
export const FAULT_RESPONSES: ResponseDescriptions = {
  500: {
    description:
      "Configuration invalid; or a damaged object of the archive, which details names; or an internal error",
    schema: wire.problem,
  },
  503: {
    description: "R2 or D1 can't be read, or an object is replaced over and over",
    schema: wire.problem,
    headers: RETRY_AFTER,
  },
};

/**
 * The response to an expected fault of the storage, with what helps against it; undefined for any other fault. A fault
 * that passes by itself is a 503. A lasting one is a 500 and not a 502: clients and proxies retry a 502 by themselves,
 * and Cloudflare sends it for a Worker that it can't reach.
 */
export function faultResponse(fault: unknown): JsonResponse | undefined {
  if (fault instanceof HotUnavailable) {
    return fault.tablesMissing
      ? unavailable("Hot storage has no tables", `Create them: ${createTablesCommand("query")}`)
      : unavailable(
          "Hot storage unavailable",
          "Try again later. Archived days older than HOT_DAYS can be queried without it",
        );
  }
  if (fault instanceof ArchiveUnavailable) {
    return unavailable(
      "Archive unavailable",
      "Try again later. Days that are complete in D1 can be queried without it",
    );
  }
  if (fault instanceof ObjectUnsettled) {
    return unavailable("Object is being replaced", "Try again later", [fault.key]);
  }
  if (fault instanceof ObjectUnreadable) {
    return errorResponse(500, {
      error: "Object unreadable",
      details: [fault.key],
      hint: unreadableHint(fault),
    });
  }
  if (fault instanceof DayTooLarge) {
    return errorResponse(400, {
      error: "Too many samples in a day",
      details: [fault.message],
      hint: "Query fewer points, or a part of the day",
    });
  }
  if (fault instanceof ListingTooLong) {
    return errorResponse(500, {
      error: "Listing too long",
      details: [fault.prefix],
      hint: "Remove objects from this prefix that are no site's file of a day. GET /timeseries/query works without a listing",
    });
  }
  return undefined;
}

function unavailable(error: string, hint: string, details?: readonly string[]): JsonResponse {
  return retryLater(RETRY_AFTER_SECONDS, { error, ...(details && { details: [...details] }), hint });
}

/** An audit marks a day whose object is damaged as not completed, so that the next start fetches it. */
function unreadableHint({ key }: ObjectUnreadable): string {
  const { site, day } = parseObjectKey(key) ?? {};
  if (!day) return "The Backfill Worker writes the file anew when it next loads the site's list of points";
  const body = JSON.stringify({ mode: "full", site, from: day, to: day });
  return `Verify the day, and the Backfill Worker fetches it again, at once or with the next start that includes it: POST /backfill/verify ${body}`;
}
