import * as wire from "../../contract/query.ts";
import { objectKey } from "../../domain/layout.ts";
import type { ObjectHead } from "../../ports/archive.ts";
import { errorResponse } from "../server/server.ts";
import { FAULT_RESPONSES } from "./query-faults.ts";
import { queryRoute } from "./query-route.ts";

const PARQUET = "application/vnd.apache.parquet";

export const file = queryRoute({
  name: "file",
  method: "GET",
  path: "/timeseries/file",
  summary: "The Parquet file of a site's day, byte for byte as it is archived",
  input: { query: wire.siteDayQuery },
  responses: {
    200: {
      description: "The file; a HEAD request gets its headers without the body",
      mediaTypes: [PARQUET],
      headers: {
        "Content-Length": "Size of the file in bytes",
        ETag: "The object's etag in R2",
        "Repr-Digest": "The file's SHA-256 (RFC 9530), where R2 has it",
        "Content-Disposition": "A name for the file",
      },
    },
    404: { description: "The day is not archived", schema: wire.problem },
    ...FAULT_RESPONSES,
  },
  async handle({ request, files }, { site_name: site, date }) {
    const opened = await files.open(objectKey(site, date));
    if (!opened) {
      const hint = "To see which days exist, call GET /timeseries/days";
      return errorResponse(404, { error: `${date} of ${site} is not archived`, hint });
    }
    const headers = fileHeaders(opened.head, `${site}-${date}.parquet`);
    if (request.method === "GET") return new Response(opened.body, { headers });
    await opened.body.cancel();
    return new Response(null, { headers });
  },
});

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
