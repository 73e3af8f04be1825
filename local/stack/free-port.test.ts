import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { expect, it } from "vitest";
import { freePort, onPort } from "./free-port.ts";

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

it("starts a server on another port where the chosen one is taken meanwhile, and never on another than a named one", async () => {
  const servers: Server[] = [];
  const listen = async (port: number) => {
    const server = createServer();
    servers.push(server);
    await once(server.listen(port, "127.0.0.1"), "listening");
    return port;
  };
  const ports: number[] = [];
  const taken = await onPort(0, async (port) => {
    ports.push(port);
    if (ports.length === 1) await listen(port);
    return listen(port);
  });
  expect(ports).toEqual([expect.any(Number), taken]);
  await expect(onPort(taken, listen)).rejects.toThrow("address already in use");
  for (const server of servers) server.close();
});
