import fc from "fast-check";
import { expect, test } from "vitest";
import { startLadder } from "../paging/paging.ts";
import type { Decoded } from "../transport/transport.ts";
import { type Attempt, nextAttempt, type Retry, retryDelayMs, withRetry } from "./with-retry.ts";

const first: Attempt = { ladder: startLadder(50_000), retry: 0, again: false };

function attempts(reasons: readonly ("5xx" | "too-large")[], retriesMax: number) {
  const made: (readonly [size: number, retry: number])[] = [];
  let attempt: Attempt | undefined = first;
  for (const reason of reasons) {
    attempt = nextAttempt(attempt, reason, retriesMax);
    if (!attempt) return [...made, "failed"];
    made.push([attempt.ladder.size, attempt.retry]);
  }
  return made;
}

test("the page size steps down after the second failure, and at the floor the retries are used up", () => {
  expect(attempts(Array(8).fill("5xx"), 3)).toEqual([
    [50_000, 1],
    [10_000, 0],
    [5_000, 0],
    [1_000, 0],
    [1_000, 1],
    [1_000, 2],
    [1_000, 3],
    "failed",
  ]);
});

test("a body that is too large steps down at once", () => {
  expect(attempts(["too-large"], 3)).toEqual([[10_000, 0]]);
});

test("without retries the first failure is the last, unless a smaller page may cure it", () => {
  expect(attempts(["5xx"], 0)).toEqual(["failed"]);
  expect(attempts(["too-large", "5xx"], 0)).toEqual([
    [10_000, 0],
    [5_000, 0],
  ]);
});

test("retries come after 2, 4 and 8 s, and never after more than 10 minutes", () => {
  expect([1, 2, 3].map((retry) => retryDelayMs(2_000, retry))).toEqual([2_000, 4_000, 8_000]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_600_000 }), fc.nat(2_000), (base, retry) => {
      expect(retryDelayMs(base, retry)).toBeLessThanOrEqual(600_000);
    }),
  );
});

function policy(signal = new AbortController().signal) {
  const slept: number[] = [];
  const retries: Retry[] = [];
  return {
    slept,
    retries,
    policy: {
      clock: {
        now: () => 0,
        random: () => 0,
        sleep: async (ms: number) => void slept.push(ms),
      },
      retriesMax: 3,
      baseDelayMs: 2_000,
      signal,
      retried: (retry: Retry) => void retries.push(retry),
    },
  };
}

const failure = { kind: "transient", reason: "5xx", message: "503" } as const;

test("a request that succeeds after failures has its value, and the page size that it came with", async () => {
  const { policy: given, slept, retries } = policy();
  const outcomes: Decoded<string>[] = [failure, failure, { kind: "value", value: "page" }];
  const { outcome, ladder } = await withRetry(
    given,
    startLadder(50_000),
    async () => outcomes.shift() ?? failure,
  );
  expect(outcome).toEqual({ kind: "value", value: "page" });
  expect([ladder.size, slept, retries.length]).toEqual([10_000, [2_000, 2_000], 2]);
});

test("each retry is announced with its number, the most that may come, its pause and the failure before it", async () => {
  const { policy: given, retries } = policy();
  await withRetry(given, startLadder(1_000), async () => failure);
  expect(retries).toEqual([
    { try: 2, triesMax: 4, delayMs: 2_000, message: "503" },
    { try: 3, triesMax: 4, delayMs: 4_000, message: "503" },
    { try: 4, triesMax: 4, delayMs: 8_000, message: "503" },
  ]);
  retries.length = 0;
  // Smaller pages are tried as well: the number never begins again.
  await withRetry(given, startLadder(50_000), async () => failure);
  expect(retries.map((retry) => [retry.try, retry.triesMax])).toEqual(
    [2, 3, 4, 5, 6, 7, 8].map((number) => [number, 8]),
  );
});

test("a failure that another try does not cure is final", async () => {
  const { policy: given, slept } = policy();
  for (const kind of ["unauthorized", "protocol", "aborted"] as const) {
    const { outcome } = await withRetry(given, startLadder(50_000), async () => ({ kind, message: "no" }));
    expect(outcome).toEqual({ kind, message: "no" });
  }
  expect(slept).toEqual([]);
});

test("once the signal is aborted the outcome is aborted, whatever came", async () => {
  const controller = new AbortController();
  const { policy: given } = policy(controller.signal);
  const { outcome } = await withRetry(given, startLadder(50_000), async () => {
    controller.abort();
    return { kind: "value", value: "late" };
  });
  expect(outcome).toMatchObject({ kind: "aborted" });
});
