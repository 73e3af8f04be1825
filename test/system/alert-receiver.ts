import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { AlertNotice } from "../../src/contract/backfill.ts";

export interface Post {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: AlertNotice;
}

/** A webhook's server that records what is posted to it. */
export interface AlertReceiver {
  readonly url: string;
  readonly posts: readonly Post[];
  close(): Promise<void>;
}

/** Answers the posts with `statuses` in order, later posts with 200. A redirect leads to another path of the server. */
export async function startAlertReceiver(path: string, statuses: readonly number[]): Promise<AlertReceiver> {
  const posts: Post[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { url, headers } = request;
    posts.push({ url, headers, body: JSON.parse(String(Buffer.concat(pieces) || "{}")) });
    response.writeHead(statuses[posts.length - 1] ?? 200, { Location: "/elsewhere" }).end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    posts,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
