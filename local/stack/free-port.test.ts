import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { freePort } from "./free-port.ts";

it("takes another port than one that is taken, and says so", async () => {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const other = await freePort(port);
  expect(other).toEqual({ port: expect.any(Number), reason: "is taken" });
  expect(other.port).not.toBe(port);
  await once(server.close(), "close");
  expect(await freePort(port)).toEqual({ port });
});

it("gives two servers of the stack two ports", async () => {
  const { port, reason } = await freePort(0);
  expect(reason).toBeUndefined();
  const other = await freePort(port, [port]);
  expect(other).toEqual({ port: expect.any(Number), reason: "is taken" });
  expect(other.port).not.toBe(port);
});
