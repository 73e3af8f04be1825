import { expect, test } from "vitest";
import { DAY, evenDay, KEY, namesOf, SITE } from "../../../test/support/query/archive.ts";
import { addDays } from "../../domain/day.ts";
import { type ObjectKey, objectKey } from "../../domain/layout.ts";
import { indexFooter } from "../../parquet/read/read.ts";
import type { FooterCache } from "./cold.ts";
import { CACHE_PUTS_MAX, FOOTER_TRUST_MS } from "./cold-limits.ts";
import { Footers } from "./footers.ts";

const { bytes } = evenDay(DAY, namesOf(9), 10, 20);
const index = indexFooter(bytes, bytes.length);
const version = { etag: "first", index };
const keyOf = (day: number): ObjectKey => objectKey(SITE, addDays(DAY, day));

class MemoryCache implements FooterCache {
  readonly entries = new Map<string, Uint8Array>();
  async get(key: string) {
    return this.entries.get(key);
  }
  async put(key: string, entry: Uint8Array) {
    this.entries.set(key, entry);
  }
}

test("memory keeps the last used footers, up to its bound in bytes", async () => {
  const footers = new Footers(() => 0, undefined, index.packed.length * 2);
  footers.keep(keyOf(1), version, 0);
  footers.keep(keyOf(2), version, 0);
  await footers.find(keyOf(1));
  footers.keep(keyOf(3), version, 0);
  footers.keep(keyOf(3), version, 0);
  const found = await Promise.all([1, 2, 3].map((day) => footers.find(keyOf(day))));
  expect(found.map((one) => one?.etag)).toEqual(["first", undefined, "first"]);
});

test("another isolate finds the same footer in the cache, and trusts it after a request of its own", async () => {
  let nowMs = 0;
  const cache = new MemoryCache();
  new Footers(() => nowMs, cache).keep(KEY, version, 0);
  const others = new Footers(() => nowMs, cache);
  const found = await others.find(KEY);
  expect(found?.etag).toBe("first");
  expect(found?.index.packed).toEqual(index.packed);
  expect(found?.index.groups).toBe(5);
  expect(found?.index.maxName(4)).toEqual(index.maxName(4));
  expect(others.trusts(KEY, version)).toBe(false);
  others.confirm(KEY, version, 0);
  nowMs = FOOTER_TRUST_MS - 1;
  expect(others.trusts(KEY, version)).toBe(true);
  nowMs = FOOTER_TRUST_MS;
  expect(others.trusts(KEY, version)).toBe(false);
});

test.each(["keep", "confirm"] as const)(
  "a slow request does not %s an older version over the version of a later request",
  async (note) => {
    const footers = new Footers(() => 100);
    footers.keep(KEY, { etag: "second", index }, 60);
    footers[note](KEY, version, 50);
    expect((await footers.find(KEY))?.etag).toBe("second");
    footers[note](KEY, version, 70);
    expect((await footers.find(KEY))?.etag).toBe("first");
  },
);

test("trust in one version is not trust in another", async () => {
  const footers = new Footers(() => 0);
  footers.keep(KEY, { etag: "second", index }, 0);
  expect(footers.trusts(KEY, version)).toBe(false);
  footers.forget(KEY, version);
  expect((await footers.find(KEY))?.etag).toBe("second");
  footers.forget(KEY, { etag: "second", index });
  expect(await footers.find(KEY)).toBeUndefined();
});

test("an entry of the cache does not replace a footer that was read in the meantime", async () => {
  const cache = new MemoryCache();
  new Footers(() => 0, cache).keep(KEY, version, 0);
  const footers = new Footers(() => 0, cache);
  const finding = footers.find(KEY);
  footers.keep(KEY, { etag: "second", index }, 0);
  expect((await finding)?.etag).toBe("second");
});

test("a cache that fails, or returns invalid entries, is treated as empty", async () => {
  const cache = new MemoryCache();
  new Footers(() => 0, cache).keep(KEY, version, 0);
  const entry = cache.entries.get(KEY) as Uint8Array;
  const junk = [
    new Uint8Array(),
    new Uint8Array([0, 0]),
    new TextEncoder().encode("<html>"),
    entry.subarray(0, 30),
    entry.subarray(0, entry.length - 1),
    Uint8Array.from([0, 0, 0, 2, 0x7b, 0x7d, ...index.packed]),
  ];
  for (const bytes of junk) {
    cache.entries.set(KEY, bytes);
    expect(await new Footers(() => 0, cache).find(KEY)).toBeUndefined();
  }
  const unavailable = async () => {
    throw new Error("the cache is unavailable");
  };
  const footers = new Footers(() => 0, { get: unavailable, put: unavailable });
  expect(await footers.find(KEY)).toBeUndefined();
  footers.keep(KEY, version, 0);
  expect((await footers.find(KEY))?.etag).toBe("first");
});

test("a slow cache delays no query, and gets no more than so many entries at a time", async () => {
  const under: (() => void)[] = [];
  const put = () => new Promise<void>((resolve) => under.push(resolve));
  const footers = new Footers(() => 0, { get: async () => undefined, put });
  for (let day = 0; day < CACHE_PUTS_MAX + 5; day++) footers.keep(keyOf(day), version, 0);
  expect(under).toHaveLength(CACHE_PUTS_MAX);
  expect((await footers.find(keyOf(CACHE_PUTS_MAX + 4)))?.etag).toBe("first");
  under.shift()?.();
  await Promise.resolve();
  await Promise.resolve();
  footers.keep(keyOf(99), version, 0);
  footers.keep(keyOf(100), version, 0);
  expect(under).toHaveLength(CACHE_PUTS_MAX);
});
