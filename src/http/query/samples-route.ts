import * as wire from "../../contract/query.ts";
import { answerQuery } from "../../query/answer/answer.ts";
import type { Meter } from "../../query/source.ts";
import { preferred } from "../server/accept.ts";
import { refusal, validationFailed } from "../server/answer.ts";
import { queryFields } from "../server/input.ts";
import { judge } from "../server/judge.ts";
import type { QueryRoute } from "./query-call.ts";
import { FAULT_REPLIES } from "./query-faults.ts";
import { queryRules } from "./query-rules.ts";

const OFFERED = Object.entries(wire.MEDIA_TYPES) as [wire.FormatName, string][];
const OFFERED_TYPES = OFFERED.map(([, mediaType]) => mediaType).join(", ");

/** Text is UTF-8, and a table has a header. */
const CONTENT_TYPES: Readonly<Record<wire.FormatName, string>> = {
  json: `${wire.MEDIA_TYPES.json}; charset=UTF-8`,
  csv: `${wire.MEDIA_TYPES.csv}; charset=UTF-8; header=present`,
  ndjson: `${wire.MEDIA_TYPES.ndjson}; charset=UTF-8`,
  arrow: wire.MEDIA_TYPES.arrow,
};

export const query: QueryRoute = {
  name: "query",
  method: "GET",
  path: "/timeseries/query",
  access: "bearer",
  summary: `Samples of up to ${wire.QUERY_POINTS_MAX} points over up to ${wire.QUERY_DAYS_MAX} days, as they are or folded into intervals`,
  query: wire.timeseriesQuery,
  replies: {
    200: {
      description:
        "The page. JSON ends with metadata, NDJSON with a line {metadata}; CSV and Arrow have a fourth column next_cursor, filled in the last row of a page that goes on. An answer that fails in its middle breaks off.",
      schema: wire.queryAnswer,
      otherwise: OFFERED.map(([, mediaType]) => mediaType).filter((type) => type !== wire.MEDIA_TYPES.json),
    },
    406: { description: "Accept names no format of ours", schema: wire.problem },
    ...FAULT_REPLIES,
  },
  async handle({ request, samples, clock, log }) {
    const judged = judge(queryFields(request, ["point_names"]), wire.timeseriesQuery, queryRules);
    if ("refused" in judged) return judged.refused;
    const format = judged.value.format ?? preferred(request.headers.get("Accept"), OFFERED);
    if (format === undefined) {
      return refusal(406, { error: "Not acceptable", hint: `Accept one of ${OFFERED_TYPES}` }, VARY);
    }
    const brokeOff = (fault: unknown) =>
      log("ERROR", "An answer broke off", {
        site: judged.value.site_name,
        error: fault instanceof Error ? fault.message : String(fault),
        ...(fault instanceof Error && { stack: fault.stack }),
      });
    const left = ({ r2Requests, bytesRead }: Meter) =>
      log("INFO", "An answer was let go of before its end", {
        site: judged.value.site_name,
        r2_requests: r2Requests,
        bytes_read: bytesRead,
      });
    const body = await answerQuery(judged.value, format, { samples, clock, brokeOff, left });
    if ("fault" in body) return validationFailed([body.fault]);
    return new Response(body, { headers: { ...VARY, "Content-Type": CONTENT_TYPES[format] } });
  },
};

const VARY = { Vary: "Accept" };
