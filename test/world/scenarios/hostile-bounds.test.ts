import { expect, test } from "vitest";
import { htmlReply, jsonReply, type Reply, withHeaders } from "../../../simulator/ace-api/reply.ts";
import { encodeCursor } from "../../../src/ace/paging/cursor.ts";
import { BODY_BYTES_MAX, DAY_PAGES_MAX, DAY_ROWS_MAX } from "../../../src/domain/limits.ts";
import { DAY, dayOf, json, SMALL, whole } from "../harness/forgery.ts";
import { contentOf, ledgerOf } from "../harness/inspect.ts";
import { World } from "../harness/world.ts";
import { KEY } from "../harness/world-vendor.ts";

test.each([
  ["pages", "pages", DAY_PAGES_MAX],
  ["rows", "fetched", DAY_ROWS_MAX],
])("a day without an end fails at its bound of %s", async (_, counted, max) => {
  let pages = 0;
  const world = new World(SMALL);
  world.vendor.forge = ({ kind, day: asked }) => {
    if (kind !== "samples" || asked !== DAY) return undefined;
    // Pages of a single row, each a microsecond later, without end.
    const time = `2024-01-02T00:00:00.${String(pages++).padStart(6, "0")}`;
    const row = { name: "x", value: "1", time };
    return jsonReply(200, { point_samples: [row], has_more: true, next_cursor: encodeCursor(1, time) });
  };
  await world.start("2024-01-01", "2024-01-03");
  await world.run(() => pages > 100);
  // Starts near the bound, because the whole day would be a hundred thousand requests.
  const { db } = world.site("site_a");
  const already = max - 200;
  db.tx((sql) =>
    sql.run(
      `UPDATE staging SET transport = json_set(transport, '$.${counted}', ${already}) WHERE date = ?`,
      DAY,
    ),
  );
  await world.run();
  expect(pages).toBeLessThan(600);
  expect((await dayOf(world)).failure?.message).toMatch(/^the day does not end: \d+ rows in \d+ pages/);
  expect(ledgerOf(world).map((line) => line.split(" ")[2])).toEqual(["completed", "null", "completed"]);
});

test.each<[string, () => Reply, RegExp]>([
  ["over the bound of a body", () => json(" ".repeat(BODY_BYTES_MAX + 1)), /exceeds/],
  ["with a redirect", () => withHeaders(htmlReply(302, "Moved"), { location: "/login" }), /redirect/],
  ["with a name of a megabyte", () => jsonReply(200, { items: [{ name: "x".repeat(1e6) }] }), /too long/],
  ["with the key", () => jsonReply(404, { message: `no ${KEY}` }), /no \[key\]/],
])("a list of points %s halts the site with a reason", async (_, reply, reason) => {
  const world = new World(SMALL);
  world.vendor.forge = ({ kind }) => (kind === "points" ? reply() : undefined);
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  const status = await world.status();
  expect(status).toMatchObject({ status: "halted", days_completed: 0, days_failed: 0 });
  expect(status.sites[0]?.halt_reason).toMatch(reason);
  expect(JSON.stringify([status, world.logs, world.view.puts])).not.toContain(KEY);
  world.vendor.forge = undefined;
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  expect(contentOf(world)).toEqual(await whole(SMALL));
});
