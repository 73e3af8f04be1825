import { expect, test } from "vitest";
import { PERMIT_LATE_MS_MAX } from "../../domain/limits.ts";
import type { Clock, Denied, Gate, Permit, Vendor } from "../../ports/ports.ts";
import { VendorThrottled } from "../faults.ts";
import { Permits } from "./permits.ts";
import { withPermit } from "./with-permit.ts";

/** A gate, a vendor and a clock that only moves when something waits; `log` has every call in its order. */
function world(statuses: number[], answers: (Permit | Denied | Error)[] = []) {
  const log: string[] = [];
  let now = 0;
  const clock: Clock = {
    now: () => now,
    random: () => 0,
    sleep: async (ms) => {
      log.push(`sleep ${ms}`);
      now += ms;
    },
  };
  const granted = (): Permit => ({ kind: "permit", askedAt: now, dueAt: now });
  const gate: Gate = {
    acquire: async () => {
      log.push("acquire");
      const answer = answers.shift() ?? granted();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    pauseFor: async (ms) => void log.push(`pause ${ms}`),
    pausedUntil: async () => undefined,
    permitsLastMinute: async () => 0,
  };
  const vendor: Vendor = {
    redact: (text) => text,
    get: async () => {
      const status = statuses.shift() ?? 200;
      log.push(`get ${status}`);
      const discard = () => void log.push("discard");
      return { status, contentType: "", retryAfter: "7", bytes: async () => new Uint8Array(), discard };
    },
  };
  const events = { sent: () => {}, responded: () => {}, throttled: () => {} };
  const permits = new Permits(gate, clock, "site");
  return { log, gate, permits, clock, permitted: withPermit(vendor, permits, clock, events) };
}

const patient = new AbortController().signal;

test("a request that is answered by 429 pauses the gate and is sent again", async () => {
  const { log, permitted } = world([429, 429, 200]);
  expect(await permitted.get("a", patient)).toMatchObject({ status: 200 });
  const throttled = ["acquire", "get 429", "discard", "pause 7000"];
  expect(log).toEqual([...throttled, ...throttled, "acquire", "get 200"]);
});

test("no permit is acquired until the gate knows of the pause", async () => {
  const { log, gate, permits, permitted } = world([200]);
  let notified = () => {};
  gate.pauseFor = () =>
    new Promise((resolve) => {
      notified = resolve;
    });
  permits.pauseFor(7_000, patient);
  const response = permitted.get("a", patient);
  await Promise.resolve();
  expect(log).toEqual([]);
  notified();
  await response;
  expect(log).toEqual(["acquire", "get 200"]);
});

test("a permit that was on its way when a 429 came is not used", async () => {
  const { log, gate, permits, permitted } = world([200]);
  const { acquire } = gate;
  gate.acquire = async (caller) => {
    const permit = await acquire(caller);
    if (log.length === 1) permits.pauseFor(7_000, patient);
    return permit;
  };
  await permitted.get("a", patient);
  expect(log).toEqual(["acquire", "pause 7000", "acquire", "get 200"]);
});

test("a permit that comes late is not used", async () => {
  const { log, permitted } = world([200], [{ kind: "permit", askedAt: 0, dueAt: -PERMIT_LATE_MS_MAX - 1 }]);
  await permitted.get("a", patient);
  expect(log).toEqual(["acquire", "acquire", "get 200"]);
});

test("a gate that does not answer is called again after a second", async () => {
  const { log, permitted } = world([200], [new Error("replaced")]);
  await permitted.get("a", patient);
  expect(log).toEqual(["acquire", "sleep 1000", "acquire", "get 200"]);
});

test("a short pause of the gate is waited for, a long one is thrown", async () => {
  const denied = (retryAt: number): Denied => ({ kind: "denied", askedAt: 0, retryAt });
  const short = world([200], [denied(30_000)]);
  await short.permitted.get("a", patient);
  expect(short.log).toEqual(["acquire", "sleep 30000", "acquire", "get 200"]);
  const long = world([200], [denied(30_001)]);
  await expect(long.permitted.get("a", patient)).rejects.toEqual(new VendorThrottled(30_001));
});

test("nothing is sent once the signal is aborted", async () => {
  const { log, permitted } = world([200]);
  await expect(permitted.get("a", AbortSignal.abort())).rejects.toMatchObject({ reason: "aborted" });
  expect(log).toEqual([]);
});
