import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { QueryClient } from "../../client/client.ts";
import { type Bindings, QueryWorker } from "../query/query-worker.ts";

/**
 * `cut off`: the connection is closed in the middle of the body; `silence`: no answer; `no JSON`: an answer that no Worker
 * gives.
 */
export type AnswerFault = "503" | "cut off" | "silence" | "no JSON";

/** The Query Worker's own code behind HTTP, with faults on demand. */
export class QueryServer {
  /** Faults of the next answers to `GET /timeseries/query`, one each; undefined: none. */
  readonly faults: (AnswerFault | undefined)[] = [];
  /** The parameters of every `GET /timeseries/query`. */
  readonly queries: URLSearchParams[] = [];
  /** The path of every request. */
  readonly paths: string[] = [];
  readonly #worker: QueryWorker;
  readonly #server = createServer(({ url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://a");
    this.paths.push(pathname);
    const isQuery = pathname === "/timeseries/query";
    if (isQuery) this.queries.push(searchParams);
    void this.#answer(response, pathname, searchParams, isQuery ? this.faults.shift() : undefined);
  });

  private constructor(bindings: Bindings) {
    this.#worker = new QueryWorker(bindings);
  }

  static async open(bindings: Bindings): Promise<QueryServer> {
    const opened = new QueryServer(bindings);
    await once(opened.#server.listen(0, "127.0.0.1"), "listening");
    return opened;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get query(): QueryClient {
    return new QueryClient(this.url, "t");
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), "close");
  }

  async #answer(
    response: ServerResponse,
    path: string,
    parameters: URLSearchParams,
    fault: AnswerFault | undefined,
  ): Promise<void> {
    if (fault === "503") return void response.writeHead(503).end('{"error":"Archive unavailable"}');
    if (fault === "silence") return;
    if (fault === "no JSON") return void response.writeHead(200).end("<html>");
    const { status, contentType, body } = await this.#worker.get(path, parameters);
    response.writeHead(status, { "Content-Type": contentType });
    if (fault === "cut off") response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    else response.end(body);
  }
}
