/** Commands as processes, against a server that plays every Worker. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** Responses by `METHOD /path`, one after another; the last one repeats. `null`: no response. */
export type CliResponses = Readonly<Record<string, readonly (object | null)[]>>;

/** For a test file: starts the server before each test. Set `responses`, then run commands. */
export class CliServer {
  responses: CliResponses = {};
  /** By `METHOD /path`: the status of its errors, instead of the usual one. */
  statuses: Record<string, number> = {};
  /** The requests so far, as `METHOD /path`. */
  requests: string[] = [];
  /** Their parameters, of all tests of the file. */
  readonly parameters: URLSearchParams[] = [];

  readonly #server = createServer(({ method, url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://a");
    const call = `${method} ${pathname}`;
    this.parameters.push(searchParams);
    const earlier = this.requests.filter((each) => each === call).length;
    this.requests.push(call);
    const all = this.responses[call] ?? [];
    send(response, all[Math.min(earlier, all.length - 1)], this.statuses[call]);
  });

  constructor() {
    beforeEach(async () => {
      this.requests = [];
      this.statuses = {};
      await once(this.#server.listen(0, "127.0.0.1"), "listening");
    });
    afterEach(async () => {
      this.#server.closeAllConnections();
      await once(this.#server.close(), "close");
    });
  }

  started(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) {
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const child = spawn(process.execPath, [join(import.meta.dirname, "../../cli/bv-backfill.js"), ...args], {
      env: {
        ...{ BACKFILL_URL: url, BACKFILL_API_KEY: "t", QUERY_URL: url, QUERY_API_KEY: "t" },
        ...{ ETL_URL: url, ETL_API_KEY: "t", ...env },
      },
    });
    const out = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].on("data", (text) => {
        out[name] += String(text);
      });
    }
    const ended = once(child, "close").then(([code]) => ({ code: code as number, ...out }));
    return { child, out, ended };
  }

  ran(...args: string[]) {
    return this.started(args).ended;
  }
}

/** An error is a 403, or a 404 where a file is not archived; a body without an error is a success. */
function send(response: ServerResponse, body: object | null | undefined, errorStatus = 403): void {
  if (body === null) return;
  if (body === undefined) return void response.writeHead(404).end('{"error":"Not found","endpoints":[]}');
  const status = !("error" in body) ? 202 : body.error === "not archived" ? 404 : errorStatus;
  response.writeHead(status).end(JSON.stringify(body));
}
