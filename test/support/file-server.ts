import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { QueryClient } from "../../client/client.ts";

export type Fault = "503" | "cut off" | "other bytes" | "too short";

/** Serves files of an archive as the Query Worker does, and with faults on demand. */
export class FileServer {
  readonly files = new Map<string, Uint8Array>();
  /** Faults of the next GETs of a file, one each. */
  readonly faults: Fault[] = [];
  /** `METHOD YYYY-MM-DD` */
  readonly requests: string[] = [];
  readonly #server = createServer(({ method = "", url = "" }, response) => {
    const date = new URL(url, "http://a").searchParams.get("date") ?? "";
    this.requests.push(`${method} ${date}`);
    this.#answer(response, method, this.files.get(date));
  });

  static async open(): Promise<FileServer> {
    const opened = new FileServer();
    await once(opened.#server.listen(0, "127.0.0.1"), "listening");
    return opened;
  }

  get query(): QueryClient {
    return new QueryClient(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`, "t");
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), "close");
  }

  #answer(response: ServerResponse, method: string, file: Uint8Array | undefined): void {
    const fault = method === "GET" ? this.faults.shift() : undefined;
    if (fault === "503") return void response.writeHead(503).end('{"error":"Archive unavailable"}');
    if (!file) return void response.writeHead(404).end('{"error":"not archived"}');
    const sent = fault === "other bytes" ? file.map((byte) => byte ^ 1) : file;
    const length = fault === "too short" ? file.length - 1 : file.length;
    response.writeHead(200, {
      "Content-Type": "application/vnd.apache.parquet",
      "Content-Length": length,
      "Repr-Digest": `sha-256=:${createHash("sha256").update(file).digest("base64")}:`,
    });
    if (method === "HEAD") response.end();
    else if (fault === "cut off") response.write(sent.subarray(0, 10), () => response.destroy());
    else response.end(sent.subarray(0, length));
  }
}
