import {
  createExecutionContext,
  createScheduledController,
  env,
  evictDurableObject,
  runInDurableObject,
  waitOnExecutionContext,
} from "cloudflare:test";
import { afterEach, expect, test } from "vitest";
import worker from "../../src/backfill-worker.ts";
import type { CoordinatorObject, SiteBackfillObject } from "../../src/cloudflare/objects.ts";
import type { UtcDay } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import type { DueDays } from "../../src/ports/due.ts";
import siteV1 from "../fixtures/tables-v1/site_a.sql?raw";
import { jobFixture } from "../support/job.ts";

const SITE = "ses_falls_city";

interface Insides {
  env: object;
  alarm(): Promise<void>;
}

const site = () => env.SITE_BACKFILL.getByName(SITE);
const coordinator = () => env.COORDINATOR.getByName("coordinator");

/** Runs inside the object, as its runtime does; `given` are variables that a deployment has changed. */
function inside<T>(
  stub: DurableObjectStub,
  given: object,
  body: (object: Insides, storage: DurableObjectStorage) => Promise<T>,
): Promise<T> {
  return runInDurableObject(stub, (instance, state) => {
    const object = instance as unknown as Insides;
    object.env = { ...env, ...given };
    return body(object, state.storage);
  });
}

afterEach(async () => {
  // The Coordinator first: it would send its job to a site whose storage is gone already.
  for (const stub of [coordinator(), site()]) {
    await runInDurableObject(stub, (_, { storage }) => storage.deleteAll().then(() => storage.deleteAlarm()));
    await end(stub);
  }
});

/** Discards the object's rules and changed variables. */
const end = (stub: DurableObjectStub) => evictDurableObject(stub).catch(() => undefined);

test("the platform's SQLite migrates a site's database of version 1", async () => {
  await inside(site(), {}, async (object, { sql }) => {
    for (const statement of siteV1.split(/;\n/)) if (statement.trim() !== "") sql.exec(statement);
    await (object as unknown as SiteBackfillObject).report();
    expect(sql.exec("SELECT version FROM schema_version").one()).toEqual({ version: 7 });
    expect(sql.exec("SELECT count(*) AS days FROM day WHERE verified = 1").one()).toEqual({ days: 5 });
  });
});

test("due days, and rows of hot storage, reach a site's object from another Worker", async () => {
  const peer = site() as unknown as DueDays;
  const backfill = coordinator() as unknown as CoordinatorObject;
  const date = "2025-05-30" as UtcDay;
  const days = [{ date, fetchedSince: Date.UTC(2100, 0, 1) }];
  expect(await peer.setDue(days, { hotFrom: date })).toMatchObject({
    paused: false,
    days: [{ date, state: "waiting", sha256: null }],
  });
  expect(await peer.countPoints(date)).toBeUndefined();
  const ms = Float64Array.of(Date.UTC(2025, 4, 30), Date.UTC(2025, 4, 30, 12));
  const rain = { name: "weather/rain \u{1F327}", ms, value: Float64Array.of(-0, 1.5) };
  await peer.addHotSamples(date, { points: [rain] });
  await inside(site(), {}, async (_, { sql }) => {
    expect(sql.exec("SELECT date, chunk, samples FROM hot_row").toArray()).toEqual([
      { date, chunk: 0, samples: 2 },
    ]);
  });
  expect(await backfill.pauseDue(true)).toMatchObject({ paused: true, sites_unreached: [] });
  expect(await peer.setDue(days)).toMatchObject({ paused: true });
  expect(await backfill.dueSummary()).toMatchObject({ paused: true, sites: [{ site: SITE }] });
});

test.each([
  ["a site", site],
  ["the Coordinator", coordinator],
])("the alarm of %s outlives variables that make no sense, and works once they do", async (_, stub) => {
  await inside(stub(), { PAGE_SIZE: "7" }, async (object, storage) => {
    await storage.setAlarm(Date.now() + 3_600_000);
    await storage.deleteAlarm();
    await object.alarm();
    const armedAt = (await storage.getAlarm()) ?? 0;
    expect(armedAt - Date.now()).toBeGreaterThan(20_000);
    expect(armedAt - Date.now()).toBeLessThan(31_000);
  });
  await end(stub());
  await inside(stub(), {}, async (object, storage) => {
    expect(await storage.getAlarm()).not.toBeNull();
    // No job was started: with a valid configuration no alarm is needed.
    await object.alarm();
    expect(await storage.getAlarm()).toBeNull();
  });
});

test.each([
  ["a site", site],
  ["the Coordinator", coordinator],
])("the alarm of %s outlives a database that refuses every transaction", async (_, stub) => {
  await inside(stub(), {}, async (object, storage) => {
    Object.defineProperty(storage, "transactionSync", {
      configurable: true,
      value: () => {
        throw new Error("the database is ill");
      },
    });
    await object.alarm();
    expect(((await storage.getAlarm()) ?? 0) - Date.now()).toBeGreaterThan(20_000);
    Reflect.deleteProperty(storage, "transactionSync");
    await object.alarm();
    expect(await storage.getAlarm()).toBeNull();
  });
});

test("a restart ends the object in the middle of its work and leaves its database and its alarm", async () => {
  const at = Date.now() + 3_600_000;
  await inside(site(), {}, async (object, storage) => {
    Object.assign(object, { marked: true });
    await storage.setAlarm(at);
    storage.kv.put("kept", "yes");
  });
  // During work that never ends, with rules that can't be constructed.
  const endless = inside(site(), { PAGE_SIZE: "7" }, () => new Promise<void>(() => undefined));
  const ended = expect(endless).rejects.toThrow();
  const stub = site() as unknown as Pick<SiteBackfillObject, "restart">;
  await expect((async () => stub.restart())()).rejects.toThrow(/no heartbeat/);
  await ended;
  await inside(site(), {}, async (object, storage) => {
    expect("marked" in object).toBe(false);
    expect(storage.kv.get("kept")).toBe("yes");
    expect(await storage.getAlarm()).toBe(at);
  });
});

test("the cron trigger sets an alarm again that was lost while a job is wanted", async () => {
  await inside(coordinator(), {}, async (object, storage) => {
    expect(await (object as unknown as CoordinatorObject).status()).toBeUndefined();
    const job = jobFixture([SITE as SiteName], { startedAt: Date.now(), resumedAt: Date.now() });
    storage.sql.exec("INSERT INTO job VALUES (1, ?)", JSON.stringify(job));
    await storage.deleteAlarm();
  });
  const context = createExecutionContext();
  await worker.scheduled(createScheduledController(), env);
  await waitOnExecutionContext(context);
  const armed = await runInDurableObject(coordinator(), (_, { storage }) => storage.getAlarm());
  expect(armed).not.toBeNull();
  // The alarm may have sent the job to the site.
  const ended = await (coordinator() as unknown as CoordinatorObject).cancel();
  expect(ended).toMatchObject({ kind: "cancelled" });
});
