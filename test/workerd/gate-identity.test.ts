import { createExecutionContext, env } from "cloudflare:test";
import { expect, test } from "vitest";
import worker from "../../src/backfill-worker.ts";
import type { GateView } from "../../src/contract/gate.ts";

async function gateWith(key: string): Promise<GateView> {
  const request = new Request("https://worker.test/backfill/gate", {
    headers: { Authorization: "Bearer token" },
  });
  const variables = { ...env, ACE_API_KEY: key, BACKFILL_API_KEY: "token" };
  const response = await worker.fetch(request, variables as never, createExecutionContext());
  expect(response.status).toBe(200);
  return response.json();
}

test("a gate has the same identity for the same key, and another for another", async () => {
  const [first, again, other] = [
    await gateWith("key-1"),
    await gateWith(" key-1\n"),
    await gateWith("key-2"),
  ];
  expect(again).toEqual(first);
  expect(first.gate).toMatch(/^[0-9a-f]{16}$/);
  expect(other.gate).not.toBe(first.gate);
  expect(first).toMatchObject({ permits_last_minute: 0, paused_until: null });
});

test("the identity is no hash of the key", async () => {
  const { gate } = await gateWith("key-1");
  for (const text of ["key-1", "gate:key-1"]) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    expect(hash).not.toContain(gate);
  }
});
