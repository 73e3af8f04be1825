import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createEtlApp } from "../../src/http/etl/etl.ts";
import { SYNC_NOW } from "../support/http/etl-views.ts";
import { ETL_ENV, FakeEtl } from "../support/http/fake-etl.ts";

/** The ETL Sync Worker's real HTTP, CORS included, over a sync that a test sets. */
export class FakeEtlServer {
  readonly etl = new FakeEtl();
  /** The Authorization header of every request. */
  readonly tokens: (string | undefined)[] = [];
  readonly #server: Server;

  private constructor(allowedOrigins: string) {
    const app = createEtlApp<object>({
      etl: () => this.etl,
      clock: { now: () => SYNC_NOW },
      log: () => {},
      version: "1.0.0",
    });
    this.#server = createServer(async ({ url, method = "GET", headers }, response) => {
      this.tokens.push(headers.authorization);
      const request = new Request(`${this.url}${url}`, {
        method,
        headers: headers as Record<string, string>,
      });
      const reply = await app.fetch(request, { ...ETL_ENV, ALLOWED_ORIGINS: allowedOrigins });
      response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(await reply.text());
    });
  }

  static async open(allowedOrigins: string): Promise<FakeEtlServer> {
    const server = new FakeEtlServer(allowedOrigins);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
