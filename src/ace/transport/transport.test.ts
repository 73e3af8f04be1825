import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeText } from "../body-text.ts";
import { VendorFault } from "../faults.ts";
import { readResponse } from "./outcome.ts";
import { fetchVendor } from "./transport.ts";

const KEY = "eyJ0ZXN0.key";
const seen: IncomingMessage[] = [];
const server = createServer((request, response) => {
  seen.push(request);
  routes[request.url ?? ""]?.(response);
});

const routes: Record<string, (response: ServerResponse) => void> = {
  "/api/page?a=1": (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const bytes = Buffer.from('\ufeff{"name": "Straße 😀"}');
    for (const byte of bytes) response.write(Uint8Array.of(byte));
    response.end();
  },
  "/api/echo": (response) => response.writeHead(401).end(`no such key: ${KEY}`),
  "/api/moved": (response) => response.writeHead(302, { location: "/api/page?a=1" }).end(),
  "/api/throttled": (response) => response.writeHead(429, { "retry-after": "7" }).end(),
  "/api/endless": (response) => {
    const timer = setInterval(() => response.write("x".repeat(10_000)), 1);
    response.on("close", () => clearInterval(timer));
  },
  "/api/reset": (response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"point_', () => response.destroy());
  },
  "/api/silent": () => undefined,
  "/api/stalls": (response) => response.write("{"),
};

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const vendor = (key = KEY) =>
  fetchVendor({ base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`, key });
const patient = new AbortController().signal;

async function faultOf(path: string, signal = patient, bytesMax = 1_000): Promise<VendorFault> {
  const error: unknown = await vendor()
    .get(path, signal)
    .then((response) => response.bytes(bytesMax))
    .then(
      () => undefined,
      (cause: unknown) => cause,
    );
  if (error instanceof VendorFault) return error;
  throw new Error("no fault", { cause: error });
}

test("a page comes whole, wherever its characters are cut", async () => {
  const response = await vendor().get("page?a=1", patient);
  expect(response).toMatchObject({ status: 200, contentType: "application/json", retryAfter: undefined });
  expect(decodeText(await response.bytes(1_000))).toBe('{"name": "Straße 😀"}');
  expect(seen.at(-1)?.headers).toMatchObject({ authorization: `Bearer ${KEY}`, accept: "application/json" });
});

test("a redirect is not followed", async () => {
  const before = seen.length;
  const response = await vendor().get("moved", patient);
  response.discard();
  expect([response.status, seen.length - before]).toEqual([302, 1]);
});

test("Retry-After is passed on unchanged", async () => {
  const response = await vendor().get("throttled", patient);
  expect([response.status, response.retryAfter, (await response.bytes(10)).length]).toEqual([429, "7", 0]);
});

test("a key that a server repeats in an error is in no message", async () => {
  const response = await vendor().get("echo", patient);
  const { message } = { message: "", ...(await readResponse(response, 0)) };
  expect(message).toContain("no such key");
  expect(vendor().redact(`${message} ${KEY}`)).not.toContain(KEY);
});

test("a body over its bound is too large, and its connection is released", async () => {
  expect(await faultOf("endless", patient, 50_000)).toMatchObject({
    reason: "too-large",
    data: { bytesMax: 50_000 },
  });
  const response = await vendor().get("endless", patient);
  response.discard();
});

test("a body that breaks off is the fault network", async () => {
  expect(await faultOf("reset")).toMatchObject({ reason: "network" });
});

test("a connection that is refused is the fault network", async () => {
  const nowhere = fetchVendor({ base: "http://127.0.0.1:1", key: KEY });
  await expect(nowhere.get("x", patient)).rejects.toMatchObject({ kind: "vendor-fault", reason: "network" });
});

test.each(["silent", "stalls"])("a response that does not come in time is a timeout (%s)", async (path) => {
  expect(await faultOf(path, AbortSignal.timeout(50))).toMatchObject({ reason: "timeout" });
});

test("a request that is cancelled is not a timeout", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  expect(await faultOf("silent", controller.signal)).toMatchObject({ reason: "aborted" });
});

test("a key that no header can carry is rejected without being quoted", () => {
  for (const key of ["", "line\nbreak", "sp ace", "ключ"]) {
    expect(() => vendor(key)).toThrow(/^the API key is empty or holds characters/);
  }
});
