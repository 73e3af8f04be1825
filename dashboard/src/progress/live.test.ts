import { expect, test } from "vitest";
import { statusOf } from "../../../test/support/dashboard-status.ts";
import { freshness, hear, NOTHING_HEARD } from "./live.ts";

const status = statusOf();
const heard = hear(NOTHING_HEARD, { kind: "status", status, by: "stream" }, 1_000);

test("a status is live as long as something was heard lately, a heartbeat too", () => {
  expect(freshness(heard, 21_000)).toEqual({ kind: "live", by: "stream" });
  expect(freshness(hear(heard, { kind: "alive" }, 30_000), 45_000)).toMatchObject({ kind: "live" });
});

test("a status of which nothing was heard lately is old, stays shown, and says why", () => {
  const lost = hear(heard, { kind: "silent", why: "No answer: down" }, 30_000);
  expect(lost.status).toBe(status);
  expect(freshness(lost, 31_000)).toEqual({ kind: "old", ageMs: 30_000, why: "No answer: down" });
});

test("a silence that a poll breaks is over", () => {
  const lost = hear(heard, { kind: "silent", why: "down" }, 30_000);
  const polled = hear(lost, { kind: "status", status, by: "poll" }, 31_000);
  expect(freshness(polled, 31_500)).toEqual({ kind: "live", by: "poll" });
  expect(polled.silence).toBeUndefined();
});

test("before anything was heard it is connecting, and nothing that never started is a status", () => {
  expect(freshness(NOTHING_HEARD, 0)).toEqual({ kind: "connecting", why: undefined });
  const idle = { kind: "status", status: { status: "not_started", message: "" }, by: "poll" } as const;
  expect(hear(heard, idle, 2_000)).toMatchObject({ status: undefined, readings: [] });
});
