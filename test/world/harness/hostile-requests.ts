/** Generators of hostile requests, some of which are valid by chance. */
import fc from "fast-check";
import { backfillService } from "../../../src/http/backfill/backfill.ts";
import { endpointTable } from "../../../src/http/server/endpoints.ts";
import { bodies, dates, siteTexts } from "./hostile-bodies.ts";
import { ORIGINS, TOKEN } from "./http.ts";

export interface HostileRequest {
  readonly method: string;
  /** As in the request line. */
  readonly target: string;
  /** The path of the route that the target matches, if any. */
  readonly path: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | "endless" | undefined;
}

const { endpoints } = endpointTable(backfillService.routes);
const PATHS = [...new Set(Object.values(endpoints).map((endpoint) => endpoint.split(" ")[1] ?? ""))];
/** Routes with effects are more frequent. */
const path = fc.oneof(
  fc.constantFrom(...PATHS),
  fc.constantFrom("/backfill/start", "/backfill/cancel", "/backfill/retry", "/backfill/days"),
);

const encoded = (char: string) => `%${char.charCodeAt(0).toString(16)}`;
const spelt: fc.Arbitrary<Pick<HostileRequest, "target" | "path">> = fc.oneof(
  { weight: 8, arbitrary: path.map((known) => ({ target: known, path: known })) },
  path.map((known) => ({ target: known === "/" ? "/" : `${known}/`, path: known })),
  path.map((known) => ({ target: `/x/..${known}`, path: known })),
  path.map((known) => ({ target: `/%2e${known}`, path: known })),
  path
    .map((known) => ({ target: `${known.slice(0, -1)}${encoded(known.at(-1) ?? "")}`, path: known }))
    .filter(({ path: known }) => known !== "/"),
  fc
    .tuple(
      path.filter((known) => known !== "/"),
      fc.constantFrom<(known: string) => string>(
        (known) => `/${known}`,
        (known) => `${known}//`,
        (known) => known.toUpperCase(),
        (known) => `${known}%00`,
        (known) => `${known}%`,
        (known) => `${known}%zz`,
        (known) => `${known}%2f`,
        (known) => `${known}%ff%fe`,
        (known) => `${known};a=1`,
        (known) => `${known}/../..`,
        (known) => `${known}é`,
        (known) => `${known}/${"x".repeat(20_000)}`,
        (known) => `/${known.slice(1).replaceAll("/", "%2f")}%2f`,
      ),
    )
    .map(([known, bend]) => ({
      target: bend(known).replace(/\/\.\.\/\.\.$/, "/../../nowhere"),
      path: undefined,
    })),
);

const noise = fc.string({ unit: "binary-ascii", maxLength: 30 }).map((text) => text.replace(/[\0\r\n]/g, ""));
const authorization = fc.oneof(
  { weight: 4, arbitrary: fc.constant(`Bearer ${TOKEN}`) },
  fc.constantFrom(
    `bearer   ${TOKEN}`,
    `Bearer ${TOKEN} `,
    `Bearer\t${TOKEN}`,
    `Bearer ${TOKEN} ${TOKEN}`,
    `Bearer ${TOKEN},`,
    `Bearer "${TOKEN}"`,
    `Basic ${TOKEN}`,
    `Bearer${TOKEN}`,
    TOKEN,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer ${TOKEN}${"x".repeat(50_000)}`,
    `Bearer ${TOKEN.toLowerCase()}`,
    "Bearer \u00e9\u00ff",
    "Bearer undefined",
    "Bearer",
    "",
  ),
  noise.map((text) => `Bearer ${text}`),
);

const header = fc.oneof(
  fc.tuple(
    fc.constant("Origin"),
    fc.constantFrom(...ORIGINS, "https://evil.test", "null", "*", ORIGINS[0].toUpperCase()),
  ),
  fc.tuple(fc.constant("Access-Control-Request-Method"), fc.constantFrom("POST", "*", "")),
  fc.tuple(
    fc.constantFrom("Accept", "Content-Type", "Cookie", "X-Forwarded-Host", "X-HTTP-Method-Override"),
    noise,
  ),
  fc.tuple(
    fc.constant("Accept"),
    fc.constantFrom("application/problem+json", "application/problem+json;q=0.1, */*", "text/html"),
  ),
  fc.tuple(
    fc.constant("Content-Type"),
    fc.constantFrom("text/html", "application/json; charset=utf-16", "multipart/form-data"),
  ),
  fc.tuple(fc.constant("Content-Encoding"), fc.constantFrom("gzip", "br", "identity", "x")),
  fc.tuple(
    fc.constant("Content-Length"),
    fc.constantFrom("0", "1", "-1", "65537", "1e9", "0x10", "99999999999999999999", "a"),
  ),
);
const headers = fc
  .tuple(
    fc.array(authorization, { minLength: 1, maxLength: 1 }),
    fc.array(authorization, { maxLength: 1 }),
    fc.nat(4),
    fc.array(header, { maxLength: 4 }),
  )
  .map(([first, second, few, others]): [string, string][] => [
    // No header, one, or occasionally two.
    ...[...(few === 0 ? [] : first), ...(few === 1 ? second : [])].map((value): [string, string] => [
      "Authorization",
      value,
    ]),
    ...others,
  ]);

const queryValue = fc.oneof(
  dates,
  siteTexts,
  fc.constantFrom("0", "1", "1000", "1001", "-1", "1e3", "９", "%00", "%", "%ff"),
);
const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  fc
    .array(
      fc.tuple(
        fc.constantFrom("from", "to", "site", "limit", "mode", "__proto__", "constructor", ""),
        queryValue,
      ),
      { maxLength: 3 },
    )
    .map(
      (pairs) => `?${pairs.map(([name, value]) => `${name}=${encodeURI(value.toWellFormed())}`).join("&")}`,
    ),
  fc.constantFrom(
    "?",
    "??",
    "?%",
    "?&&&",
    "?force_restart=true",
    `?token=${TOKEN}`,
    `?${"a&".repeat(5_000)}`,
  ),
);

const METHODS = [
  "GET",
  "POST",
  "HEAD",
  "OPTIONS",
  "PUT",
  "DELETE",
  "PATCH",
  "PROPFIND",
  "QUERY",
  "post",
  "Patch",
  "ALL",
  "X-Y",
  "a",
];

export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .tuple(
    fc.oneof(fc.constantFrom("GET", "POST", "POST"), fc.constantFrom(...METHODS)),
    spelt,
    query,
    headers,
    bodies,
  )
  .map(([method, { target, path: known }, parameters, sent, payload]) => ({
    method,
    target: target + parameters,
    path: known,
    headers: sent,
    body: method === "GET" || method === "HEAD" ? undefined : payload,
  }));

const CHUNK = new Uint8Array(4_096).fill(0x20);

/** Builds the request, and counts the bytes that are read from an endless body. */
export function asRequest({ method, target, headers: sent, body: payload }: HostileRequest) {
  const taken = { bytes: 0 };
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        taken.bytes += CHUNK.length;
        controller.enqueue(CHUNK);
      },
    });
  const request = new Request(`http://worker.test${target}`, {
    method,
    headers: sent.map(([name, value]): [string, string] => [name, value]),
    ...(payload !== undefined && { body: payload === "endless" ? endless() : payload, duplex: "half" }),
  } as RequestInit);
  return { request, taken };
}
