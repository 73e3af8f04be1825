import * as wire from "../../contract/query.ts";
import { objectKey } from "../../domain/layout.ts";
import type { ByteRange, ObjectHead } from "../../ports/archive.ts";
import { ObjectUnsettled } from "../../query/cold/cold.ts";
import { errorResponse } from "../server/server.ts";
import { selectionOf } from "./conditional-request.ts";
import { FAULT_RESPONSES } from "./query-faults.ts";
import { queryRoute } from "./query-route.ts";

const PARQUET = "application/vnd.apache.parquet";

/** How often a file may be replaced between its HEAD and its GET. A day is replaced when it is fetched again: rarely. */
const VERSIONS_MAX = 3;

const ETAG = { ETag: "Names this version of the file; a strong etag" };
const FILE_HEADERS = {
  "Content-Length": "Bytes of this response",
  "Accept-Ranges": "bytes",
  ...ETAG,
  "Repr-Digest": "The whole file's SHA-256 (RFC 9530), if R2 has it",
  "Content-Disposition": "A name for the file",
};
const FILE = { mediaTypes: [PARQUET], headers: FILE_HEADERS };

export const file = queryRoute({
  name: "file",
  method: "GET",
  path: "/timeseries/file",
  summary: "The Parquet file of a site's day, byte for byte as it is archived, whole or in part",
  input: { query: wire.siteDayQuery },
  requestHeaders: {
    Range:
      "One range of bytes, as in bytes=0-99, bytes=100- or bytes=-8. Several ranges at once are answered with the whole file",
    "If-Range": "An etag: the range is sent if the file has this etag, otherwise the whole file",
    "If-None-Match": "Etags that the client has; 304 if the file's is among them",
    "If-Match": "Etags that the client expects; 412 if the file's is not among them",
  },
  responses: {
    200: { description: "The file; a HEAD request gets its headers without the body", ...FILE },
    206: {
      description: "The range of the file",
      ...FILE,
      headers: { ...FILE_HEADERS, "Content-Range": "The range, and the size of the file" },
    },
    304: { description: "The client has this version", headers: ETAG },
    404: { description: "The day is not archived", schema: wire.problem },
    412: { description: "The file has another etag than If-Match names", schema: wire.problem },
    416: {
      description: "The range begins after the end of the file",
      schema: wire.problem,
      headers: { "Content-Range": "The size of the file, as in bytes */1234" },
    },
    ...FAULT_RESPONSES,
  },
  async handle({ request, files }, { site_name: site, date }) {
    const key = objectKey(site, date);
    for (let versions = 0; versions < VERSIONS_MAX; versions++) {
      const head = await files.head(key);
      if (!head) {
        const hint = "To see which days exist, call GET /timeseries/days";
        return errorResponse(404, { error: `${date} of ${site} is not archived`, hint });
      }
      const selection = selectionOf(request, head);
      switch (selection.kind) {
        case "not modified":
          return { status: 304, headers: { ETag: `"${head.etag}"` } };
        case "precondition failed": {
          const hint = `The file's etag is "${head.etag}"; it may have been replaced. Read it again from its beginning`;
          return errorResponse(412, { error: "Precondition failed", hint });
        }
        case "not satisfiable":
          return errorResponse(
            416,
            { error: "Range not satisfiable", hint: `The file has ${head.bytes} bytes` },
            { "Content-Range": `bytes */${head.bytes}` },
          );
        case "whole":
        case "part": {
          const part = selection.kind === "part" ? selection.part : undefined;
          const init = {
            status: part ? 206 : 200,
            headers: fileHeaders(head, part, `${site}-${date}.parquet`),
          };
          if (request.method === "HEAD") return new Response(null, init);
          // Of the version that the headers describe. If it has been replaced since, everything begins again.
          const body = await files.open(key, head.etag, part);
          if (body) return new Response(body, init);
          break;
        }
        default:
          selection satisfies never;
      }
    }
    throw new ObjectUnsettled(key, VERSIONS_MAX);
  },
});

function fileHeaders(
  { bytes, etag, sha256 }: ObjectHead,
  part: ByteRange | undefined,
  name: string,
): Record<string, string> {
  return {
    "Content-Type": PARQUET,
    "Content-Length": String(part ? part.length : bytes),
    ...(part && { "Content-Range": `bytes ${part.offset}-${part.offset + part.length - 1}/${bytes}` }),
    "Accept-Ranges": "bytes",
    "Content-Disposition": `attachment; filename="${name}"`,
    ETag: `"${etag}"`,
    ...(sha256 === undefined ? {} : { "Repr-Digest": `sha-256=:${base64Of(sha256)}:` }),
  };
}

function base64Of(hex: string): string {
  const bytes = Array.from({ length: hex.length / 2 }, (_, index) => hex.slice(index * 2, index * 2 + 2));
  return btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))));
}
