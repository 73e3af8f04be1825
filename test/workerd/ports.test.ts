import { env, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { R2Archive } from "../../src/archive/r2-archive.ts";
import { KvView, ObjectAlarm, ObjectStore, wallClock } from "../../src/cloudflare/storage.ts";
import { archiveConformance } from "../conformance/archive.ts";
import { archiveReaderConformance } from "../conformance/archive-reader.ts";
import { storeConformance } from "../conformance/store.ts";

let objects = 0;

async function clearBucket(): Promise<void> {
  for (const { key } of (await env.R2.list()).objects) await env.R2.delete(key);
}

/** The storage of a new object. Its class does not matter, because its rules are not constructed. */
function withStorage<T>(body: (storage: DurableObjectStorage) => Promise<T>): Promise<T> {
  const stub = env.RATE_GATE.getByName(`conformance ${objects++}`);
  return runInDurableObject(stub, (_, state) => body(state.storage));
}

describe("a Durable Object's SQLite as Store", () => {
  storeConformance((body) => withStorage((storage) => body(new ObjectStore(storage))));
});

describe("R2 as Archive", () => {
  archiveConformance(async (body) => {
    await clearBucket();
    await body(new R2Archive(env.R2));
  });
});

describe("R2 as ArchiveReader", () => {
  archiveReaderConformance(async (body) => {
    await clearBucket();
    await body({
      reader: new R2Archive(env.R2),
      place: async (key, content) => {
        await env.R2.put(key, content);
      },
      remove: (key) => env.R2.delete(key),
    });
  });
});

describe("a Durable Object's alarm as Alarm", () => {
  test("the last time that was set applies until the alarm is deleted", () =>
    withStorage(async (storage) => {
      const alarm = new ObjectAlarm(storage);
      expect(await alarm.armedAt()).toBeUndefined();
      await alarm.arm(Date.now() + 100_000);
      const later = Date.now() + 200_000;
      await alarm.arm(later);
      expect(await alarm.armedAt()).toBe(later);
      await alarm.disarm();
      expect(await alarm.armedAt()).toBeUndefined();
    }));
});

describe("KV as View", () => {
  test("a value has its time to live, and a value without one never expires", async () => {
    const view = new KvView(env.ETL_STATE);
    await view.put("a", "1", undefined);
    await view.put("b", "2", 3_600);
    expect(await env.ETL_STATE.get("a")).toBe("1");
    const keys = (await env.ETL_STATE.list()).keys;
    expect(keys.find(({ name }) => name === "a")?.expiration).toBeUndefined();
    expect(keys.find(({ name }) => name === "b")?.expiration).toBeGreaterThan(Date.now() / 1000 + 3_500);
  });
});

describe("the runtime's clock as Clock", () => {
  test("a sleep ends when its signal aborts, also one that has aborted already", async () => {
    const abort = new AbortController();
    const sleeping = wallClock.sleep(1_000_000, abort.signal);
    abort.abort();
    await sleeping;
    await wallClock.sleep(1_000_000, abort.signal);
  });
});
