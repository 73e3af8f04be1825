import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib";

/** A page with data, so that a test notices when it is decoded wrongly. */
export const PAGE = '{"point_samples":[],"next_cursor":null,"has_more":false,"note":"Straße"}';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const JSON_TYPE = { "content-type": "application/json" };

const send =
  (status: number, headers: Record<string, string | string[]>, body: string | Uint8Array = ""): Answer =>
  (response) =>
    void response.writeHead(status, { ...JSON_TYPE, ...headers }).end(body);

/** Sends raw bytes, which need not be valid HTTP, and closes the connection. */
const raw =
  (text: string): Answer =>
  (_, request) =>
    void request.socket.end(text);

/** Sends the same part without end, as fast as it is read. */
const forever =
  (headers: Record<string, string>, first: Uint8Array, part: Uint8Array): Answer =>
  (response) => {
    response.writeHead(200, { ...JSON_TYPE, ...headers });
    response.write(first);
    const more = () => {
      while (!response.destroyed && response.write(part));
    };
    response.on("drain", more);
    more();
  };

const GZIP_HEADER = Buffer.from("1f8b0800000000000003", "hex");
/** A compressed megabyte of zeros that ends at a whole byte, so that its repetition continues the same stream. */
const ZEROS = deflateRawSync(Buffer.alloc(1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH });

/** A byte every few milliseconds, never the last. */
const trickle: Answer = (response) => {
  response.writeHead(200, JSON_TYPE);
  const timer = setInterval(() => response.write(" "), 5);
  response.on("close", () => clearInterval(timer));
};

const ANSWERS: Readonly<Record<string, Answer>> = {
  gzip: send(200, { "content-encoding": "gzip" }, gzipSync(PAGE)),
  br: send(200, { "content-encoding": "br" }, brotliCompressSync(PAGE)),
  deflate: send(200, { "content-encoding": "deflate" }, deflateSync(PAGE)),
  "gzip-unsaid": send(200, {}, gzipSync(PAGE)),
  "gzip-untrue": send(200, { "content-encoding": "gzip" }, PAGE),
  "gzip-cut": send(200, { "content-encoding": "gzip" }, gzipSync(PAGE).subarray(0, 40)),
  "encoding-unknown": send(200, { "content-encoding": "rot13" }, gzipSync(PAGE)),
  bomb: forever({ "content-encoding": "gzip" }, GZIP_HEADER, ZEROS),
  endless: forever({}, Buffer.from("{"), Buffer.alloc(64 * 1024, " ")),
  trickle,
  "utf-16": send(200, { "content-type": "application/json; charset=utf-16" }, Buffer.from(PAGE, "utf16le")),
  latin: send(200, { "content-type": "application/json; charset=latin1" }, Buffer.from(PAGE, "latin1")),
  "length-small": raw(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n${PAGE}`,
  ),
  "length-large": raw(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000000000\r\n\r\n${PAGE}`,
  ),
  "length-absurd": raw(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: -7\r\n\r\n${PAGE}`,
  ),
  "chunk-cut": raw(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${PAGE.length.toString(16)}\r\n${PAGE}`,
  ),
  "not-http": raw("SSH-2.0-OpenSSH_9.6\r\n"),
  "status-absurd": raw("HTTP/1.1 9999 What\r\nContent-Length: 0\r\n\r\n"),
  "switching-protocols": raw(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
  ),
  "header-of-megabytes": raw(
    `HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(2_000_000)}\r\nContent-Length: 2\r\n\r\n{}`,
  ),
  html: send(200, { "content-type": "text/html" }, PAGE),
  text: send(200, { "content-type": "text/plain" }, PAGE),
  "type-twice": send(200, { "content-type": "application/json, text/html" }, PAGE),
  "no-content": send(204, {}),
  "not-modified": send(304, {}),
};

const RETRY_AFTER: readonly (string | string[])[] = [
  "-1",
  "1e99",
  "0",
  "99999999999999999999999999",
  "Fri, 31 Dec 9999 23:59:59 GMT",
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "soon",
  "",
  ["7", "100000"],
  "x".repeat(4_000),
];

export interface HostileServer {
  /** Of the API; its answers are under their names. */
  readonly api: string;
  close(): Promise<void>;
}

/**
 * Sends invalid responses on real sockets: `ANSWERS` by name; `retry-after/<index>`; `redirect/<status>/<index>`;
 * `sites/…` returns the request. `../elsewhere` returns the requests to the target of the redirects.
 */
export async function startHostileServer(): Promise<HostileServer> {
  const heard: unknown[] = [];
  const elsewhere = await listening((request, response) => {
    heard.push([request.url, request.headers]);
    response.writeHead(200, JSON_TYPE).end(PAGE);
  });
  const away = `http://127.0.0.1:${portOf(elsewhere)}/stolen`;
  const targets = [
    away,
    `//127.0.0.1:${portOf(elsewhere)}/stolen`,
    "/api/gzip",
    "gzip",
    "file:///etc/passwd",
    "data:application/json,{}",
    "http://[",
    "",
  ];
  const server = await listening((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://hostile");
    const [, first, name = "", a = "", b = ""] = pathname.split("/");
    if (first === "elsewhere") return send(200, {}, JSON.stringify(heard))(response, request);
    if (name === "sites") {
      return send(200, {}, JSON.stringify({ url: request.url, headers: request.headers }))(response, request);
    }
    if (name === "retry-after") {
      return send(429, { "retry-after": RETRY_AFTER[Number(a)] ?? "" })(response, request);
    }
    if (name === "redirect")
      return send(Number(a), { location: targets[Number(b)] ?? "" })(response, request);
    return (ANSWERS[name] ?? send(404, {}))(response, request);
  });
  return {
    api: `http://127.0.0.1:${portOf(server)}/api`,
    async close() {
      for (const one of [server, elsewhere]) {
        one.close();
        one.closeAllConnections();
      }
    },
  };
}

async function listening(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
