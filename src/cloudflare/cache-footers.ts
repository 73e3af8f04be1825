import { waitUntil } from "cloudflare:workers";
import type { FooterCache } from "../query/cold/cold.ts";

/** An entry may be a day old: its etag is checked against the object whenever it is used. */
const HEADERS = { "Cache-Control": "max-age=86400" };

/** Footers in the cache of the data centre. On workers.dev, which has no cache, every entry is forgotten at once. */
export class CacheFooters implements FooterCache {
  async get(key: string): Promise<Uint8Array | undefined> {
    const response = await caches.default.match(urlOf(key));
    return response && new Uint8Array(await response.arrayBuffer());
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    const put = caches.default.put(urlOf(key), new Response(bytes, { headers: HEADERS }));
    // The caller does not wait for the put. Without `waitUntil` the runtime would end it with the response.
    waitUntil(put.catch(() => undefined));
    return put;
  }
}

// No server can have this name, so that no other entry of the zone has such a URL.
const urlOf = (key: string) => `https://footers.invalid/${key}`;
