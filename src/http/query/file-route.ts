import * as wire from "../../contract/query.ts";
import { objectKey } from "../../domain/layout.ts";
import type { ObjectHead } from "../../ports/archive.ts";
import { refusal } from "../server/answer.ts";
import { queryFields } from "../server/input.ts";
import { judge } from "../server/judge.ts";
import type { QueryRoute } from "./query-call.ts";
import { FAULT_REPLIES } from "./query-faults.ts";

const PARQUET = "application/vnd.apache.parquet";

export const file: QueryRoute = {
  name: "file",
  method: "GET",
  path: "/timeseries/file",
  access: "bearer",
  summary: "The Parquet file of a site's day, byte for byte as it is archived",
  query: wire.siteDayQuery,
  replies: {
    200: {
      description: "The file; HEAD has its headers alone",
      otherwise: [PARQUET],
      headers: {
        "Content-Length": "Of the file, in bytes",
        ETag: "Of the object in R2",
        "Repr-Digest": "The file's SHA-256 (RFC 9530), where the object has one",
        "Content-Disposition": "A name for the file",
      },
    },
    404: { description: "The day is not archived", schema: wire.problem },
    ...FAULT_REPLIES,
  },
  async handle({ request, files }) {
    const judged = judge(queryFields(request), wire.siteDayQuery);
    if ("refused" in judged) return judged.refused;
    const { site_name: site, date } = judged.value;
    const opened = await files.open(objectKey(site, date));
    if (!opened) {
      const hint = "What is held of a range of days is said by GET /timeseries/days";
      return refusal(404, { error: `${date} of ${site} is not archived`, hint });
    }
    const headers = fileHeaders(opened.head, `${site}-${date}.parquet`);
    if (request.method === "GET") return new Response(opened.body, { headers });
    await opened.body.cancel();
    return new Response(null, { headers });
  },
};

function fileHeaders({ bytes, etag, sha256 }: ObjectHead, name: string): Record<string, string> {
  return {
    "Content-Type": PARQUET,
    "Content-Length": String(bytes),
    "Content-Disposition": `attachment; filename="${name}"`,
    ETag: `"${etag}"`,
    ...(sha256 === undefined ? {} : { "Repr-Digest": `sha-256=:${base64Of(sha256)}:` }),
  };
}

function base64Of(hex: string): string {
  const bytes = Array.from({ length: hex.length / 2 }, (_, index) => hex.slice(index * 2, index * 2 + 2));
  return btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))));
}
