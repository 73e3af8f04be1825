import { createExecutionContext, env, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import worker from "../../src/backfill-worker.ts";
import type { Env } from "../../src/cloudflare/env.ts";
import { backfillService } from "../../src/http/backfill/backfill.ts";
import { endpointTable } from "../../src/http/server/endpoints.ts";

const TOKEN = "operator-token";
const FAULTY = { ...env, PAGE_SIZE: "777", ACE_API_KEY: "vendor-key", BACKFILL_API_KEY: TOKEN } as Env;
const FAULT = /^PAGE_SIZE is "777"/;

const ask = (method: string, path: string) =>
  worker.fetch(
    new Request(`https://worker.test${path}`, { method, headers: { Authorization: `Bearer ${TOKEN}` } }),
    FAULTY,
    createExecutionContext(),
  );

afterEach(() => vi.restoreAllMocks());

describe("with a faulty variable", () => {
  const asking = Object.values(endpointTable(backfillService.routes).endpoints).filter(
    (endpoint) => endpoint !== "GET /",
  );

  test.each(asking)("%s answers 500 and names it", async (endpoint) => {
    const [method = "", path = ""] = endpoint.split(" ");
    const response = await ask(method, path);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      error: "Configuration invalid",
      details: [expect.stringMatching(FAULT)],
    });
  });

  test("the cron trigger logs an ERROR line and does not fail", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await worker.scheduled({} as ScheduledController, FAULTY);
    expect(JSON.parse(String(logged.mock.calls[0]?.[0]))).toMatchObject({
      level: "ERROR",
      error: expect.stringMatching(/PAGE_SIZE is "777"/),
    });
  });

  test.each(["COORDINATOR", "SITE_BACKFILL", "RATE_GATE"] as const)(
    "%s lives, and works once the configuration is right",
    async (binding) => {
      const stub = env[binding].getByName("site_that_is_mended");
      await runInDurableObject(stub, async (instance) => {
        // The newline is what `echo` leaves; a header can't carry it.
        const right = { ...env, ACE_API_KEY: "vendor-key\n" };
        Object.defineProperty(instance, "env", { value: FAULTY, configurable: true });
        const act = () => callOf(binding, instance);
        await expect(act()).rejects.toThrow(/PAGE_SIZE is "777"/);
        Object.defineProperty(instance, "env", { value: right });
        await act();
      });
    },
  );
});

/** A call that each of the three objects accepts at any time. */
function callOf(binding: "COORDINATOR" | "SITE_BACKFILL" | "RATE_GATE", instance: object): Promise<unknown> {
  const method = { COORDINATOR: "current", SITE_BACKFILL: "report", RATE_GATE: "pausedUntil" }[binding];
  return (
    (instance as Record<string, () => Promise<unknown>>)[method]?.() ??
    Promise.reject(new Error("no such call"))
  );
}
