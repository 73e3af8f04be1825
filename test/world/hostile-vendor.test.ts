import fc from "fast-check";
import { expect, test } from "vitest";
import { htmlReply, jsonReply, type Reply, textReply, withHeaders } from "../../simulator/reply.ts";
import { encodeCursor } from "../../src/ace/cursor.ts";
import { CURSOR_CHARS_MAX, JSON_VALUES_MAX } from "../../src/ace/limits.ts";
import { BODY_BYTES_MAX, DAY_PAGES_MAX } from "../../src/domain/limits.ts";
import { parseTime } from "../../src/domain/time.ts";
import { contentOf, expectedRows, ledgerOf, rowsIn, stagedRows, viewLags } from "./look.ts";
import { day, World, type WorldOptions } from "./world.ts";
import { type Asked, KEY } from "./world-vendor.ts";

const DAY = "2024-01-02";
const OBJECT = "timeseries/2024/01/02/site_a.parquet";
const SMALL: WorldOptions = { config: { pageSize: 100, maxRetries: 1 } };
/** Every row is a plain reading, and comes once. */
const PLAIN: WorldOptions = { ...SMALL, vendor: { oddShare: 0, duplicateShare: 0 } };

interface Row {
  name: string;
  value: unknown;
  time: string;
}

interface Page {
  point_samples: Row[];
  next_cursor: string | null;
  has_more: boolean;
}

const pageOf = (reply: Reply) => JSON.parse(Buffer.concat(reply.body).toString()) as Page;

/** The honest page, changed. */
const changed = (change: (page: Page, asked: Asked) => object) => (asked: Asked) =>
  jsonReply(200, change(pageOf(asked.honest()), asked));

/** The honest page of another question. */
const asIf = (change: (params: URLSearchParams) => void) => (asked: Asked) => {
  const params = new URLSearchParams(asked.params);
  change(params);
  return asked.honest(params);
};

const json = (text: string, status = 200) => textReply(status, "application/json", text);

/** Three days, of which the second is answered by `forge`. */
async function run(forge: (asked: Asked) => Reply | undefined, options = SMALL): Promise<World> {
  const world = new World(options);
  world.vendor.forge = (asked) => (asked.kind === "samples" && asked.day === DAY ? forge(asked) : undefined);
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  await nothingElseIsHarmed(world, options);
  return world;
}

const honest = new Map<WorldOptions, Promise<Record<string, string | undefined>>>();

function whole(options: WorldOptions) {
  const known = honest.get(options);
  if (known) return known;
  const made = (async () => {
    const world = new World(options);
    await world.start("2024-01-01", "2024-01-03");
    await world.run();
    return contentOf(world);
  })();
  honest.set(options, made);
  return made;
}

/** Whatever became of the day: its neighbours are whole, nothing is left over, nothing stumbled, and nobody sees the key. */
async function nothingElseIsHarmed(world: World, options: WorldOptions): Promise<void> {
  const status = await world.status();
  expect(status.status).toBe("completed");
  expect(status.days_completed + status.days_failed).toBe(3);
  const { [OBJECT]: _, ...neighbours } = await whole(options);
  expect(contentOf(world)).toMatchObject(neighbours);
  expect(stagedRows(world)).toBe(0);
  expect(viewLags(world)).toEqual([]);
  expect(world.logs.filter(({ message }) => /stumbled|tick failed/.test(message))).toEqual([]);
  const everything = { from: undefined, to: undefined, site: undefined };
  const said = [
    status,
    await world.ask((coordinator) => coordinator.errors(everything, 1_000)),
    await world.ask((coordinator) => coordinator.days(everything)),
    world.logs,
    world.view.puts,
  ];
  expect(JSON.stringify(said)).not.toContain(KEY);
}

async function dayOf(world: World) {
  const [view] = await world.ask((coordinator) =>
    coordinator.days({ from: day(DAY), to: day(DAY), site: undefined }),
  );
  if (!view) throw new Error("the calendar lacks the day");
  return view;
}

const escaped = [...KEY].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join("");

test.each<[string, (asked: Asked) => Reply, RegExp]>([
  [
    "a redirect to another host",
    () => withHeaders(htmlReply(307, "Moved"), { location: "http://elsewhere/" }),
    /^307: a redirect, which was not followed$/,
  ],
  ["the key in HTML", () => htmlReply(200, `no ${KEY} here`), /^not JSON, 200: 200 no \[key\] here/],
  ["the key as a page", () => json(JSON.stringify(KEY)), /not a JSON object: "\[key\]"/],
  ["the key where JSON should be", () => json(`bad ${KEY}`), /not JSON: bad \[key\]/],
  ["the key in an error", () => jsonReply(400, { message: `bad ${KEY}` }), /^400: bad \[key\]$/],
  ["the key in escapes", () => json(`{"message":"bad ${escaped}"}`, 400), /^400: bad \[key\]$/],
  ["errors without words", () => json('{"errors":{"a":{"toString":0}}}', 400), /^400: /],
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
    /only pages without rows/,
  ],
  [
    "rows that come again behind every cursor",
    (asked) => {
      const first = pageOf(asIf((params) => params.delete("cursor"))(asked));
      return jsonReply(200, { ...first, next_cursor: `x${asked.params.get("cursor") ?? ""}` });
    },
    /begins before the one before it ended/,
  ],
  [
    "the year 9999 at the end of a page",
    changed(({ point_samples, ...page }) => ({
      ...page,
      point_samples: [...point_samples, { name: "x", value: "1", time: "9999-12-31T23:59:59" }],
    })),
    /ends beyond what was asked for/,
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
  const world = await run(forge);
  const view = await dayOf(world);
  expect(view).toMatchObject({ status: "failed", records: null });
  expect(view.failure?.message).toMatch(reason);
  expect(world.archive.objects.has(OBJECT)).toBe(false);
});

test.each<[string, (asked: Asked) => Reply]>([
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
  const world = await run(forge, PLAIN);
  expect(await dayOf(world)).toMatchObject({ status: "completed" });
  expect(contentOf(world)).toEqual(await whole(PLAIN));
});

test("rows outside of what was asked for are counted, and not followed to the end of time", async () => {
  const world = await run(asIf((params) => params.set("end_time", "2024-06-01T00:00:00Z")));
  const { evidence } = await dayOf(world);
  expect(evidence?.outside).toBeGreaterThan(0);
  // At most the rest of the page that leaves the window, and the page behind it.
  expect(evidence?.outside).toBeLessThanOrEqual(200);
});

const digits = "9".repeat(1_000_000);
const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

test.each([
  ["type", deep],
  ["type", "{}"],
  ["null", "null"],
  ["infinite", digits],
  ["infinite", `"${digits}"`],
  ["text", `"${"x".repeat(1_000_000)}"`],
  ["text", `"${"\\u0031".repeat(200_000)}_"`],
  ["text", '"0x10"'],
])("a value that is rejected as %s is counted, and the rest of its page is kept (%#)", async (why, token) => {
  const spoilt = new Set<string>();
  const configured = new Set(new World(PLAIN).vendor.configured("site_a"));
  const world = await run((asked) => {
    const page = pageOf(asked.honest());
    const row = page.point_samples.find(({ name, time }) => configured.has(name) && time.startsWith(DAY));
    if (!row) return undefined;
    spoilt.add(`${row.name} ${Math.floor((parseTime(row.time) ?? 0) / 1_000)}`);
    row.value = "MARK";
    return json(JSON.stringify(page).replace('"MARK"', token));
  }, PLAIN);
  const { evidence, status } = await dayOf(world);
  expect(status).toBe("completed");
  expect(evidence?.rejected).toEqual({ [why]: spoilt.size });
  const rows = await rowsIn(world.archive.objects.get(OBJECT)?.bytes ?? new Uint8Array());
  const truth = expectedRows(world, "site_a", day(DAY));
  expect(rows).toEqual(truth.filter(({ name, ms }) => !spoilt.has(`${name} ${ms}`)));
  expect(spoilt.size).toBeGreaterThan(1);
});

test("odd names are names: long ones, look-alikes, those of every object's members", async () => {
  const odd = [
    "__proto__",
    "constructor",
    "\u00e9",
    "e\u0301",
    "\u212b",
    "x".repeat(2_048),
    "a\u0000b",
    "'\"\\",
  ];
  const world = new World(PLAIN);
  const listed = new Set(world.vendor.configured("site_a"));
  const served = new Set(Array.from(world.vendor.truth("site_a", day(DAY)), ({ name }) => name));
  const configured = [...served].filter((name) => listed.has(name));
  const others = [...served].filter((name) => !listed.has(name));
  const names = new Map(odd.map((name, index) => [configured[index] ?? "", name]));
  for (const name of others) names.set(name, `${name}${"y".repeat(1_000_000)}`);
  expect(others.length).toBeGreaterThan(0);
  world.vendor.rename("site_a", (before) => names.get(before) ?? before);
  await world.start(DAY, DAY);
  await world.run();
  const rows = await rowsIn(world.archive.objects.get(OBJECT)?.bytes ?? new Uint8Array());
  expect(rows).toEqual(expectedRows(world, "site_a", day(DAY)));
  expect([...new Set(rows.map(({ name }) => name))]).toEqual(expect.arrayContaining(odd));
  expect((await dayOf(world)).evidence?.unconfigured).toBeGreaterThan(0);
});

test("thousands of names that nobody has configured are counted and not remembered", async () => {
  const options = {
    config: { pageSize: 5_000 },
    vendor: {
      pointsPerSite: 6_000,
      samplesPerDay: 12_000,
      unconfigured: 5_900,
      oddShare: 0,
      duplicateShare: 0,
    },
  };
  const world = new World(options);
  await world.start(DAY, DAY);
  await world.run();
  const { evidence, status } = await dayOf(world);
  expect([status, evidence?.unconfigured, evidence?.fetched]).toEqual(["completed", 11_800, 12_000]);
  expect(evidence?.written).toBe(200);
});

test("a day without an end fails at its bound of pages", async () => {
  let pages = 0;
  const world = new World(SMALL);
  world.vendor.forge = ({ kind, day: asked }) => {
    if (kind !== "samples" || asked !== DAY) return undefined;
    // A row a page, each a microsecond later, and always one more.
    const time = `2024-01-02T00:00:00.${String(pages++).padStart(6, "0")}`;
    const row = { name: "x", value: "1", time };
    return jsonReply(200, { point_samples: [row], has_more: true, next_cursor: encodeCursor(1, time) });
  };
  await world.start("2024-01-01", "2024-01-03");
  await world.run(() => pages > 100);
  // Not all of the way, which has a hundred thousand requests: the day's last pages.
  const { db } = world.site("site_a");
  const already = DAY_PAGES_MAX - 200;
  db.tx((sql) =>
    sql.run(`UPDATE staging SET transport = json_set(transport, '$.pages', ${already}) WHERE date = ?`, DAY),
  );
  await world.run();
  expect(pages).toBeLessThan(600);
  expect((await dayOf(world)).failure?.message).toMatch(/^the day has no end: \d+ rows in \d+ pages/);
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

test("whatever JSON the pages of a day are made of, it fails or counts, and no other day is harmed", async () => {
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
      const world = await run(() => jsonReply(200, bodies[turn++ % bodies.length] ?? null), tiny);
      const { status, evidence, records } = await dayOf(world);
      if (status === "failed") expect(world.archive.objects.has(OBJECT)).toBe(false);
      else expect([evidence?.written, evidence?.duplicates, records]).toEqual([0, 0, 0]);
    }),
    { numRuns: 40 },
  );
});
