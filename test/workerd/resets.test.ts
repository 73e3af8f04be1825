import { abortAllDurableObjects, env, evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { JITTER_MS } from "../../src/backfill/rate-gate/rate-gate.ts";
import type { Denied, Gate, Permit } from "../../src/ports/ports.ts";

const PER_MINUTE = Number((env as unknown as { REQUESTS_PER_MINUTE: string }).REQUESTS_PER_MINUTE);

async function permitOf(name: string): Promise<Permit> {
  const gate = env.RATE_GATE.getByName(name) as unknown as Gate;
  const answer: Permit | Denied = await gate.acquire("a");
  if (answer.kind !== "permit") throw new Error("no permit came");
  return answer;
}

test.for([
  ["evicted", () => evictDurableObject(env.RATE_GATE.getByName("evicted"))],
  ["reset by a deployment", () => abortAllDurableObjects()],
] as const)("a gate that was %s between two permits keeps their distance", async ([name, end]) => {
  const first = await permitOf(name);
  await end();
  const second = await permitOf(name);
  // Stored as a real number and reported as one.
  expect(second.dueAt - first.dueAt).toBeGreaterThanOrEqual((60_000 + JITTER_MS) / PER_MINUTE - 1);
  expect(second.askedAt).toBeLessThanOrEqual(second.dueAt + JITTER_MS);
});

test("the platform has the version of the code, by which a deployment differs from a crash", () => {
  expect(env.CF_VERSION_METADATA?.id).toMatch(/\S/);
});
