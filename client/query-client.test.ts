import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { QueryClient } from "./query-client.ts";

async function file(method: "GET" | "HEAD", answer: RequestListener) {
  const server = createServer(answer);
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return await new QueryClient(url, "t").file(method, "site_a", "2024-01-01");
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const json =
  (status: number, body: object): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(JSON.stringify(body));

it.each(["GET", "HEAD"] as const)(
  "tells a day that is not archived from a wrong address (%s)",
  async (method) => {
    expect(await file(method, json(404, { error: "2024-01-01 of site_a is not archived" }))).toBeUndefined();
    const elsewhere = file(method, json(404, { error: "Not found", endpoints: ["GET /"] }));
    await expect(elsewhere).rejects.toMatchObject({ exitCode: 4 });
    const page = file(method, (_, response) => response.writeHead(404).end("<html>"));
    await expect(page).rejects.toMatchObject({ exitCode: 3 });
  },
);

it("does not take an HTML page for a file", async () => {
  const page = "<html>Log in</html>";
  const headers = { "Content-Type": "text/html", "Content-Length": page.length };
  const given = file("GET", (_, response) => response.writeHead(200, headers).end(page));
  await expect(given).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("200 and no Parquet file"),
  });
});
