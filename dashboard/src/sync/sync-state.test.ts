import { expect, test } from "vitest";
import { SYNC_NOW, syncStatus } from "../../../test/support/http/etl-views.ts";
import { NO_SYNC, proposedSyncUrl, reduceSync, type SyncAction, silentMs, workerNow } from "./sync-state.ts";

const after = (...actions: SyncAction[]) => actions.reduce(reduceSync, NO_SYNC);
const URL_A = { type: "address", url: "https://etl.test" } as const;
const status = syncStatus();
const RECEIVED = { type: "status", status, at: 1_000 } as const;

test("a failure keeps what was received, and another address removes it", () => {
  const failed = after(URL_A, RECEIVED, { type: "failed", error: "down" });
  expect(failed).toEqual({ url: "https://etl.test", status, receivedAt: 1_000, error: "down" });
  expect(reduceSync(failed, RECEIVED).error).toBeUndefined();
  expect(reduceSync(failed, { type: "address", url: "https://b.test" })).toEqual({
    ...NO_SYNC,
    url: "https://b.test",
  });
});

test("values are old once a request failed, or nothing came for two polls", () => {
  expect(silentMs(after(URL_A), 5_000)).toBeUndefined();
  const received = after(URL_A, RECEIVED);
  expect(silentMs(received, 26_000)).toBeUndefined();
  expect(silentMs(received, 26_001)).toBe(25_001);
  expect(silentMs(reduceSync(received, { type: "failed", error: "down" }), 2_000)).toBe(1_000);
});

test("ages are counted by the Worker's clock, which goes on between two statuses", () => {
  const received = after(URL_A, RECEIVED);
  expect(workerNow(received, 1_000)).toBe(SYNC_NOW);
  expect(workerNow(received, 6_000)).toBe(SYNC_NOW + 5_000);
  // This machine's clock was set back.
  expect(workerNow(received, 0)).toBe(SYNC_NOW);
});

test.for([
  ["https://building-vitals-backfill.me.workers.dev", "https://building-vitals-etl-sync.me.workers.dev"],
  [
    "https://building-vitals-backfill-dev.me.workers.dev",
    "https://building-vitals-etl-sync-dev.me.workers.dev",
  ],
  ["http://127.0.0.1:8787", "http://127.0.0.1:8790"],
  ["http://127.0.0.1:9000", ""],
  ["https://archive.example.com", ""],
  ["", ""],
])("the likely address beside %s is %s", ([origin = "", proposed]) => {
  expect(proposedSyncUrl(origin)).toBe(proposed);
});
