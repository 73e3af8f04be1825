import { expect, test, vi } from "vitest";
import { CacheFooters } from "../../src/cloudflare/cache-footers.ts";
import { indexFooter } from "../../src/parquet/read/read.ts";
import { Footers } from "../../src/query/cold/cold.ts";
import { DAY, evenDay, KEY } from "../support/query/archive.ts";

test("a footer is put into the data centre's cache after the response, and a new isolate finds it there", async () => {
  const { bytes } = evenDay(DAY, ["a", "b"], 10, 5);
  const index = indexFooter(bytes, bytes.length);
  expect(await new Footers(() => 0, new CacheFooters()).find(KEY)).toBeUndefined();
  new Footers(() => 0, new CacheFooters()).keep(KEY, { etag: "first", index }, 0);
  const found = await vi.waitUntil(() => new Footers(() => 0, new CacheFooters()).find(KEY), {
    timeout: 30_000,
  });
  expect(found.etag).toBe("first");
  expect(found.index.packed).toEqual(index.packed);
});

test("a footer replaces the footer of the previous version", async () => {
  const cache = new CacheFooters();
  await cache.put("day", new Uint8Array([1]));
  await cache.put("day", new Uint8Array([2, 3]));
  expect(await cache.get("day")).toEqual(new Uint8Array([2, 3]));
});
