import { expect, test } from "vitest";
import { statusOf } from "../../../test/support/dashboard-status.ts";
import { freshness, NOTHING_RECEIVED, withUpdate } from "./live.ts";

const status = statusOf();
const received = withUpdate(NOTHING_RECEIVED, { kind: "status", status, by: "stream" }, 1_000);

test("a status is live while statuses or heartbeats arrive", () => {
  expect(freshness(received, 6_000)).toEqual({ kind: "live", by: "stream" });
  expect(freshness(withUpdate(received, { kind: "heartbeat" }, 30_000), 34_000)).toMatchObject({
    kind: "live",
  });
});

test("a connection without updates is lost after five seconds, and its status stays shown", () => {
  expect(freshness(received, 6_001)).toEqual({ kind: "lost", ageMs: 5_001, why: undefined });
});

test("a connection that breaks is lost at once", () => {
  const lost = withUpdate(received, { kind: "no-response", why: "No response" }, 1_500);
  expect(lost.status).toBe(status);
  expect(freshness(lost, 1_500)).toEqual({ kind: "lost", ageMs: 500, why: "No response" });
  const never = withUpdate(NOTHING_RECEIVED, { kind: "no-response", why: "No response" }, 1_500);
  expect(freshness(never, 1_500)).toEqual({ kind: "lost", ageMs: 0, why: "No response" });
});

test("a successful poll removes the error", () => {
  const lost = withUpdate(received, { kind: "no-response", why: "down" }, 30_000);
  const polled = withUpdate(lost, { kind: "status", status, by: "poll" }, 31_000);
  expect(freshness(polled, 31_500)).toEqual({ kind: "live", by: "poll" });
  expect(polled.error).toBeUndefined();
});

test("it is connecting before the first update, and has no status before the first backfill", () => {
  expect(freshness(NOTHING_RECEIVED, 0)).toEqual({ kind: "connecting" });
  const idle = { kind: "status", status: { status: "not_started", message: "" }, by: "poll" } as const;
  expect(withUpdate(received, idle, 2_000)).toMatchObject({ status: undefined, requestCounts: [] });
  // Due days need no backfill.
  const due = { paused: false, sites: [] };
  expect(withUpdate(received, { ...idle, status: { ...idle.status, due } }, 2_000).due).toEqual(due);
});
