import { expect, test } from "vitest";
import { VendorFault } from "../../src/ace/faults.ts";
import { parseJsonObject } from "../../src/ace/page/page.ts";
import { samplesPath } from "../../src/ace/paging/paging.ts";
import {
  fetchVendor,
  type Outcome,
  outcomeOfFault,
  readResponse,
} from "../../src/ace/transport/transport.ts";
import { parseSiteName } from "../../src/domain/site.ts";

const KEY = "key-that-nobody-else-may-hear";
const NOTE = "Straße";

/**
 * How `fetchVendor` handles invalid responses, with the `fetch` of any runtime. `api` is that of a
 * `startHostileServer`.
 */
export function vendorConformance(api: () => string): void {
  const ask = (path: string, signal = AbortSignal.timeout(20_000)) =>
    fetchVendor({ base: api(), key: KEY }).get(path, signal);

  async function outcomeOf(path: string, signal?: AbortSignal, bytesMax?: number): Promise<Outcome> {
    try {
      return await readResponse(await ask(path, signal), Date.now(), bytesMax);
    } catch (error) {
      return outcomeOfFault(error);
    }
  }

  /** The page's note, or the reason why there is no page. */
  async function noteOf(path: string): Promise<unknown> {
    const outcome = await outcomeOf(path);
    if (outcome.kind === "transient") return outcome.reason;
    if (outcome.kind !== "ok") return outcome.kind;
    try {
      return parseJsonObject(outcome.body).note;
    } catch (error) {
      if (error instanceof VendorFault) return error.reason;
      throw error;
    }
  }

  test.each(["gzip", "br"])("a page in %s is that page", async (path) => {
    expect(await noteOf(path)).toBe(NOTE);
  });

  test.each([
    "deflate",
    "gzip-unsaid",
    "gzip-untrue",
    "gzip-cut",
    "encoding-unknown",
    "utf-16",
    "latin",
    "length-small",
    "length-large",
    "length-absurd",
    "chunk-cut",
    "not-http",
    "header-of-megabytes",
    "html",
    "text",
    "type-twice",
    "no-content",
  ])("%s is the page itself or a fault that is tried again, and never half of it", async (path) => {
    expect(["network", "truncated", "malformed", NOTE]).toContain(await noteOf(path));
  });

  test.each(["status-absurd", "switching-protocols"])("%s is a fault", async (path) => {
    expect(["network", "protocol"]).toContain(await noteOf(path));
  });

  test.each(["bomb", "endless"])("%s: as many bytes as allowed are read, and no more", async (path) => {
    // Reading the body to its end would never finish.
    const outcome = await outcomeOf(path, undefined, 3_000_000);
    expect(outcome).toMatchObject({ kind: "transient", reason: "too-large" });
    const standard = await outcomeOf(path);
    expect(standard).toMatchObject({ kind: "transient", reason: "too-large" });
  });

  test("a body that trickles is ended at its deadline, however often a byte arrives", async () => {
    const outcome = await outcomeOf("trickle", AbortSignal.timeout(300));
    expect(outcome).toMatchObject({ kind: "transient", reason: "timeout" });
  });

  test("no redirect is followed, and the key is sent to no other host", async () => {
    for (const status of [300, 301, 302, 303, 305, 307, 308]) {
      for (let target = 0; target < 8; target += 1) {
        const outcome = await outcomeOf(`redirect/${status}/${target}`);
        const message = `the ACE API answered ${status}, a redirect, which was not followed`;
        expect(outcome, `to target ${target}`).toEqual({ kind: "refused", status, message });
      }
    }
    expect(await outcomeOf("not-modified")).toMatchObject({ kind: "refused", status: 304 });
    expect(await (await fetch(`${api()}/../elsewhere`)).json()).toEqual([]);
  });

  test("whatever Retry-After says, the pause is between a moment and an hour", async () => {
    const pauses: number[] = [];
    for (let index = 0; index < 10; index += 1) {
      const outcome = await outcomeOf(`retry-after/${index}`);
      if (outcome.kind !== "throttled") throw new Error(`${index} is ${outcome.kind}`);
      pauses.push(outcome.retryAfterMs / 60_000);
    }
    expect(pauses).toEqual([1, 1, 1, 60, 60, 1, 1, 1, 1, 1]);
  });

  test("a cursor is sent as a query value, whatever characters it has", async () => {
    const span = { fromMicros: 0, toMicros: 1 };
    const site = parseSiteName("site_a");
    if (!site) throw new Error("not a site");
    const plain = await whatIsAsked(samplesPath(site, span, 100, "x"));
    for (const cursor of [
      "\r\nX-Injected: 1\r\n\r\nGET /stolen HTTP/1.1",
      "\n",
      "\0",
      "../../../stolen",
      "//127.0.0.1/stolen",
      "http://elsewhere/",
      "@elsewhere",
      "?page_size=7&cursor=y#z",
      "%2e%2e%2f%00%0d%0a",
      "%",
      "+ &=;",
      "\u2028é😀",
      "\ud800",
      "x".repeat(4_096),
    ]) {
      const asked = await whatIsAsked(samplesPath(site, span, 100, cursor));
      expect(asked).toEqual({ ...plain, cursors: [cursor.toWellFormed()] });
    }
  });

  async function whatIsAsked(path: string) {
    const outcome = await outcomeOf(path);
    if (outcome.kind !== "ok") throw new Error(outcome.kind);
    const { url, headers } = parseJsonObject(outcome.body) as { url: string; headers: object };
    const { pathname, searchParams } = new URL(url, "http://hostile");
    const cursors = searchParams.getAll("cursor");
    searchParams.delete("cursor");
    return { pathname, rest: [...searchParams], cursors, headers };
  }
}
