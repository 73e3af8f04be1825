import { abortAllDurableObjects, createExecutionContext, env } from "cloudflare:test";
import { expect, test } from "vitest";
import worker from "../../src/backfill-worker.ts";
import type { Env } from "../../src/cloudflare/env.ts";
import type { CoordinatorObject } from "../../src/cloudflare/objects.ts";
import { startRequest } from "../../src/contract/backfill.ts";

const KEY = "operator-key";

test("an event stream follows the new Coordinator after a deployment", async () => {
  const given = { ...env, BACKFILL_API_KEY: KEY } as unknown as Env;
  const headers = { Authorization: `Bearer ${KEY}` };
  const asked = new Request("http://worker/backfill/events", { headers });
  const response = await worker.fetch(asked, given, createExecutionContext());
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  /** A heartbeat comes between two events where the second takes longer than a read of the status. */
  const nextEvent = async () => {
    for (;;) {
      const value = (await reader?.read())?.value;
      if (!value?.startsWith(": heartbeat")) return value;
    }
  };
  expect(await nextEvent()).toContain("not_started");
  await abortAllDurableObjects();
  const coordinator = env.COORDINATOR.getByName("coordinator") as unknown as CoordinatorObject;
  const range = { start_date: "2024-01-01", end_date: "2024-01-01" };
  await coordinator.start(startRequest.parse(range));
  expect(await nextEvent()).toContain("in_progress");
  await reader?.cancel();
  await coordinator.cancel();
});
