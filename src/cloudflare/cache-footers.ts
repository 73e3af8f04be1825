import { waitUntil } from "cloudflare:workers";
import type { FooterCache } from "../ports/footer-cache.ts";

/** A footer is known by its etag, which is asked for again; so a day may pass before one goes by itself. */
const HEADERS = { "Cache-Control": "max-age=86400" };

/** Footers in the cache of the data centre; on workers.dev, where there is none, it forgets at once. */
export class CacheFooters implements FooterCache {
  async get(key: string): Promise<Uint8Array | undefined> {
    const response = await caches.default.match(urlOf(key));
    return response && new Uint8Array(await response.arrayBuffer());
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    const put = caches.default.put(urlOf(key), new Response(bytes, { headers: HEADERS }));
    // Nobody waits for it, and what goes on behind the answer would be ended with it.
    waitUntil(put.catch(() => undefined));
    return put;
  }
}

// A name that no server has: nothing else of this zone can be met under it.
const urlOf = (key: string) => `https://footers.invalid/${key}`;
