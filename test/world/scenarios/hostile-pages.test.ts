import fc from "fast-check";
import { expect, test } from "vitest";
import {
  htmlReply,
  jsonReply,
  type Reply,
  textReply,
  withHeaders,
} from "../../../simulator/ace-api/reply.ts";
import { CURSOR_CHARS_MAX, JSON_VALUES_MAX } from "../../../src/ace/limits.ts";
import { encodeCursor } from "../../../src/ace/paging/cursor.ts";
import { BODY_BYTES_MAX } from "../../../src/domain/limits.ts";
import { asIf, changed, dayOf, json, OBJECT, PLAIN, pageOf, runForged, whole } from "../harness/forgery.ts";
import { contentOf } from "../harness/inspect.ts";
import type { WorldOptions } from "../harness/world.ts";
import { KEY, type VendorRequest } from "../harness/world-vendor.ts";

const escaped = [...KEY].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join("");

test.each<[string, (asked: VendorRequest) => Reply, RegExp]>([
  [
    "a redirect to another host",
    () => withHeaders(htmlReply(307, "Moved"), { location: "http://elsewhere/" }),
    /^the ACE API answered 307, a redirect, which was not followed \(page 1 of window 1, 1 try\)$/,
  ],
  [
    "the key in HTML",
    () => htmlReply(200, `no ${KEY} here`),
    /^the ACE API answered 200 "no \[key\] here" in HTML, which is not JSON/,
  ],
  ["the key as a page", () => json(JSON.stringify(KEY)), /not a JSON object: "\[key\]"/],
  ["the key where JSON should be", () => json(`bad ${KEY}`), /not JSON: bad \[key\]/],
  [
    "the key in an error",
    () => jsonReply(400, { message: `bad ${KEY}` }),
    /^the ACE API answered 400 "bad \[key\]" \(page 1 of window 1, 1 try\)$/,
  ],
  [
    "the key in escapes",
    () => json(`{"message":"bad ${escaped}"}`, 400),
    /^the ACE API answered 400 "bad \[key\]" \(page/,
  ],
  ["errors without words", () => json('{"errors":{"a":{"toString":0}}}', 400), /answered 400 /],
  ["a body over its bound", () => json(" ".repeat(BODY_BYTES_MAX + 1)), /exceeds 16777216 bytes/],
  ["JSON that swells", () => json(`[${"[],".repeat(JSON_VALUES_MAX)}0]`), /more than \d+ JSON values/],
  [
    "a cursor of a megabyte",
    changed((page) => ({ ...page, has_more: true, next_cursor: "x".repeat(1_000_000) })),
    /next_cursor is too long/,
  ],
  [
    "more without a cursor",
    changed((page) => ({ ...page, has_more: true, next_cursor: null })),
    /gives no cursor/,
  ],
  [
    "one cursor for ever",
    () => jsonReply(200, { point_samples: [], has_more: true, next_cursor: "x".repeat(CURSOR_CHARS_MAX) }),
    /too many pages in a row have no rows/,
  ],
  [
    "rows that come again behind every cursor",
    (asked) => {
      const first = pageOf(asIf((params) => params.delete("cursor"))(asked));
      return jsonReply(200, { ...first, next_cursor: `x${asked.params.get("cursor") ?? ""}` });
    },
    /begins before the previous page ended/,
  ],
  [
    "the year 9999 at the end of a page",
    changed(({ point_samples, ...page }) => ({
      ...page,
      point_samples: [...point_samples, { name: "x", value: "1", time: "9999-12-31T23:59:59" }],
    })),
    /ends after the requested window/,
  ],
  [
    "times that go back",
    changed((page) => ({ ...page, point_samples: page.point_samples.toReversed() })),
    /do not ascend/,
  ],
  [
    "UTF-16",
    (asked) =>
      textReply(
        200,
        "application/json; charset=utf-16",
        Buffer.from(JSON.stringify(pageOf(asked.honest()))).toString("utf16le"),
      ),
    /not JSON|not UTF-8/,
  ],
])("%s fails the day with a reason, and no other", async (_, forge, reason) => {
  const world = await runForged(forge);
  const view = await dayOf(world);
  expect(view).toMatchObject({ status: "failed", records: null });
  expect(view.failure?.message).toMatch(reason);
  expect(view.failure?.message).toMatch(/^the ACE API/);
  expect(world.archive.objects.has(OBJECT)).toBe(false);
});

test.each<[string, (asked: VendorRequest) => Reply]>([
  ["a page of five times the rows", asIf((params) => params.set("page_size", "500"))],
  ["a page of a tenth of the rows", asIf((params) => params.set("page_size", "10"))],
  ["rows of the days around it", asIf((params) => params.set("end_time", "2024-01-04T00:00:00Z"))],
  ["rows from before", asIf((params) => params.set("start_time", "2023-12-31T00:00:00Z"))],
  ["an end where there is more", changed((page) => ({ ...page, has_more: false }))],
  [
    "more where there is an end",
    changed((page) => {
      const last = page.point_samples.at(-1)?.time;
      const cursor = last ? encodeCursor(1, last) : null;
      return page.has_more || !cursor ? page : { ...page, has_more: true, next_cursor: cursor };
    }),
  ],
  [
    "cursors that point back",
    changed((page, { params }) => {
      const back = encodeCursor(0, (params.get("start_time") ?? "").slice(0, -1));
      return page.has_more ? { ...page, next_cursor: back } : page;
    }),
  ],
  ["a byte order mark", (asked) => json(`\ufeff${Buffer.concat(asked.honest().body)}`)],
  [
    "fields in another order, and more of them",
    changed(({ point_samples, ...page }) => ({
      ...page,
      point_samples: point_samples.map(({ name, ...row }) => ({ ...row, unit: ["°F"], name })),
      constructor: 1,
    })),
  ],
])("%s: the day is whole all the same", async (_, forge) => {
  const world = await runForged(forge, PLAIN);
  expect(await dayOf(world)).toMatchObject({ status: "completed" });
  expect(contentOf(world)).toEqual(await whole(PLAIN));
});

test("rows outside of the requested window are counted, and their cursors are not followed forever", async () => {
  const world = await runForged(asIf((params) => params.set("end_time", "2024-06-01T00:00:00Z")));
  const { evidence } = await dayOf(world);
  expect(evidence?.outside).toBeGreaterThan(0);
  // At most the rest of the page that leaves the window, and the page behind it.
  expect(evidence?.outside).toBeLessThanOrEqual(200);
});

test("for any JSON in its pages a day fails or counts every row, and no other day is affected", async () => {
  const tiny: WorldOptions = { config: { maxRetries: 0 }, vendor: { samplesPerDay: 40 } };
  const field = fc.oneof(fc.jsonValue(), fc.constant(undefined));
  const time = fc.oneof(fc.constantFrom("2024-01-02T12:00:00", "2024-01-02", "0000-01-01T00:00:00"), field);
  const row = fc.oneof({ weight: 4, arbitrary: fc.record({ name: field, value: field, time }) }, field);
  const page = fc.record({
    point_samples: fc.oneof({ weight: 4, arbitrary: fc.array(row) }, field),
    next_cursor: fc.oneof(fc.constant(encodeCursor(3, "2024-01-02T12:00:00")), field),
    has_more: fc.oneof(fc.boolean(), field),
  });
  const body = fc.oneof({ weight: 6, arbitrary: page }, field);
  await fc.assert(
    fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 4 }), async (bodies) => {
      let turn = 0;
      const world = await runForged(() => jsonReply(200, bodies[turn++ % bodies.length] ?? null), tiny);
      const { status, evidence, records } = await dayOf(world);
      if (status === "failed") expect(world.archive.objects.has(OBJECT)).toBe(false);
      else expect([evidence?.written, evidence?.duplicates, records]).toEqual([0, 0, 0]);
    }),
    { numRuns: 40 },
  );
});
