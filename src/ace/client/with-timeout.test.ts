import { expect, test } from "vitest";
import type { Clock, Vendor, VendorResponse } from "../../ports/ports.ts";
import { withTimeout } from "./with-timeout.ts";

const MS = 20;
const clock: Clock = {
  now: () => Date.now(),
  random: () => 0,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};
const silence = new Promise<never>(() => undefined);

function vendorOf(get: Promise<unknown>, bytes: Promise<Uint8Array> = silence) {
  const signals: AbortSignal[] = [];
  const response = { status: 200, contentType: "application/json", retryAfter: undefined };
  const vendor: Vendor = {
    redact: (text) => text,
    get: async (_, signal) => {
      signals.push(signal);
      await get;
      return { ...response, bytes: () => bytes, discard: () => undefined } satisfies VendorResponse;
    },
  };
  return { timed: withTimeout(vendor, clock, MS), signals };
}

const patient = new AbortController().signal;
const TIMEOUT = { kind: "vendor-fault", reason: "timeout" };

test("headers that do not come in time are a timeout, and the request is cancelled", async () => {
  const { timed, signals } = vendorOf(silence);
  await expect(timed.get("a", patient)).rejects.toMatchObject(TIMEOUT);
  expect(signals[0]?.aborted).toBe(true);
});

test("the time of a body begins when it is read", async () => {
  const { timed, signals } = vendorOf(Promise.resolve());
  const response = await timed.get("a", patient);
  await clock.sleep(3 * MS);
  expect(signals[0]?.aborted).toBe(false);
  await expect(response.bytes(10)).rejects.toMatchObject(TIMEOUT);
  expect(signals[0]?.aborted).toBe(true);
});

test("a body that is read or discarded releases its request", async () => {
  const { timed, signals } = vendorOf(Promise.resolve(), Promise.resolve(Uint8Array.of(7)));
  const read = await timed.get("a", patient);
  expect(await read.bytes(10)).toEqual(Uint8Array.of(7));
  (await timed.get("b", patient)).discard();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test("the caller's signal cancels the request, before and after its headers", async () => {
  const controller = new AbortController();
  const { timed, signals } = vendorOf(Promise.resolve());
  await timed.get("a", controller.signal);
  controller.abort();
  await timed.get("b", controller.signal);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});
