import * as wire from "../../contract/query.ts";
import { answerQuery } from "../../query/answer/answer.ts";
import type { Meter } from "../../query/cost.ts";
import { errorResponse, preferred, validationFailed } from "../server/server.ts";
import { FAULT_RESPONSES } from "./query-faults.ts";
import { queryRoute, queryRules } from "./query-route.ts";

const OFFERED = Object.entries(wire.MEDIA_TYPES) as [wire.FormatName, string][];
const OFFERED_TYPES = OFFERED.map(([, mediaType]) => mediaType);

/** Text is UTF-8, and a table has a header. */
const CONTENT_TYPES: Readonly<Record<wire.FormatName, string>> = {
  json: `${wire.MEDIA_TYPES.json}; charset=UTF-8`,
  csv: `${wire.MEDIA_TYPES.csv}; charset=UTF-8; header=present`,
  ndjson: `${wire.MEDIA_TYPES.ndjson}; charset=UTF-8`,
  arrow: wire.MEDIA_TYPES.arrow,
};

const VARY = { Vary: "Accept" };

export const query = queryRoute({
  name: "query",
  method: "GET",
  path: "/timeseries/query",
  summary: `Samples of up to ${wire.QUERY_POINTS_MAX} points over up to ${wire.QUERY_DAYS_MAX} days, raw or aggregated by intervals; by intervals of an hour or longer over up to ${wire.LONG_QUERY_DAYS_MAX} days`,
  input: { query: wire.timeseriesQuery, lists: ["point_names"] },
  rules: queryRules,
  responses: {
    200: {
      description:
        "A page of samples. JSON ends with metadata, NDJSON with a line {metadata}; CSV and Arrow have a fourth column next_cursor, set in the last row of a page that is not the last page. If a response fails part-way, the connection is closed.",
      schema: wire.queryAnswer,
      mediaTypes: OFFERED_TYPES.filter((type) => type !== wire.MEDIA_TYPES.json),
    },
    406: { description: "Accept allows none of the formats", schema: wire.problem },
    ...FAULT_RESPONSES,
  },
  async handle({ request, samples, buckets, clock, log }, input) {
    const format = input.format ?? preferred(request.headers.get("Accept"), OFFERED);
    if (format === undefined) {
      const hint = `Accept one of ${OFFERED_TYPES.join(", ")}`;
      return errorResponse(406, { error: "Not acceptable", hint }, VARY);
    }
    const onFault = (fault: unknown) =>
      log("ERROR", "A response failed part-way", {
        site: input.site_name,
        error: fault instanceof Error ? fault.message : String(fault),
        ...(fault instanceof Error && { stack: fault.stack }),
      });
    const onCancel = ({ r2Requests, bytesRead }: Meter) =>
      log("INFO", "The client disconnected before the end of a response", {
        site: input.site_name,
        r2_requests: r2Requests,
        bytes_read: bytesRead,
      });
    const body = await answerQuery(input, format, { samples, buckets, clock, onFault, onCancel });
    if ("fault" in body) return validationFailed([body.fault]);
    return new Response(body, { headers: { ...VARY, "Content-Type": CONTENT_TYPES[format] } });
  },
});
