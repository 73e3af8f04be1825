import type { SiteSilent } from "../../contract/api.ts";
import * as wire from "../../contract/backfill.ts";
import { type Answer, refusal } from "../server/answer.ts";
import { RETRY_AFTER, type Reply } from "../server/route.ts";

/** By then its object has most likely been moved, or begun anew. */
const RETRY_AFTER_SECONDS = 30;

/** Of every route whose answer would be wrong without one of the sites. */
export const SILENT_REPLY: Readonly<Record<number, Reply>> = {
  503: {
    description: "A site gives no answer; it is named",
    schema: wire.problem,
    headers: RETRY_AFTER,
  },
};

export function siteSilent({ site }: SiteSilent): Answer {
  return refusal(
    503,
    {
      error: `Site ${site} gives no answer`,
      hint: "Ask again, or for another site alone. GET /backfill/status says how it stands",
    },
    { "Retry-After": String(RETRY_AFTER_SECONDS) },
  );
}
