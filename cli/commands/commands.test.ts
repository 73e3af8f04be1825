import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type CliResponses, CliServer } from "../../test/support/cli-server.ts";
import { STATUS } from "../../test/support/cli-status.ts";

const server = new CliServer();
const ran = (...args: string[]) => server.ran(...args);

const ENDED = { ...STATUS, status: "completed", outcome: "partial" };
const ACCEPTED = { status: "started", backfill_id: "b", start_date: "2024-01-01", end_date: "2024-01-01" };

it("start --watch --json prints a line of JSON for the response and for every change", async () => {
  server.responses = { "POST /backfill/start": [ACCEPTED], "GET /backfill/status": [STATUS, ENDED] };
  const { code, stdout, stderr } = await ran("start", "2024-01-01", "--json", "--watch");
  const lines = stdout.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).status)).toEqual(["started", "in_progress", "completed"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
});

it("the command suggested after a plan or a cancel has the same sites", async () => {
  const plan = { ...ACCEPTED, estimated_days: 1, estimated_hours: 1, requests_per_minute: 1, sites: [] };
  server.responses = {
    "POST /backfill/start": [{ ...plan, days_to_fetch: 1, days_to_skip: 0, estimated_requests: 1 }],
    "POST /backfill/cancel": [{ backfill_id: "b", days_completed: 1, sites_stopping: [] }],
    "GET /backfill/status": [STATUS],
  };
  const [planned, cancelled] = await Promise.all([
    ran("plan", "2024-01-01", "--site", "site_b", "--site", "site_a", "--force"),
    ran("cancel"),
  ]);
  expect(planned.stderr).toContain("start 2024-01-01 --site site_b --site site_a --force\n");
  expect(cancelled.stderr).toContain("start 2024-01-01 2024-12-31 --site site_a\n");
});

it("Ctrl-C before the response says that the request may have been carried out", async () => {
  server.responses = { "POST /backfill/start": [null] };
  const { child, ended } = server.started(["start", "2024-01-01"]);
  await expect.poll(() => server.requests.length, { timeout: 30_000 }).toBe(1);
  child.kill("SIGINT");
  expect(await ended).toMatchObject({
    code: 130,
    stdout: "",
    stderr: expect.stringContaining("To check, run: npx bv-backfill status"),
  });
});

const audit = (site: string, state: string) => ({
  ...{ site, state, mode: "quick", from: null, to: null, days_checked: 3, days_total: 3, days_ok: 3 },
  ...{ records: 1, bytes: 1, problems: [], problems_total: 0 },
  outcome: state === "running" ? null : "ok",
});

it("a verification ends when every site has ended, also a site that is not in the first response", async () => {
  const [a, b] = [audit("site_a", "completed"), audit("site_b", "completed")];
  server.responses = {
    "POST /backfill/verify": [{ sites: ["site_a", "site_b"] }],
    "GET /backfill/verify": [{ audits: [] }, { audits: [a] }, { audits: [a, b] }],
  };
  const { code, stdout } = await ran("verify", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toHaveLength(2);
});

it("a verification of days that are not archived says so and ends with 1", async () => {
  const none = {
    ...audit("site_a", "completed"),
    days_checked: 0,
    days_total: 0,
    outcome: "nothing_archived",
  };
  server.responses = {
    "POST /backfill/verify": [{ sites: ["site_a"] }],
    "GET /backfill/verify": [{ audits: [{ ...none, from: "2020-01-01", to: "2020-01-31" }] }, { audits: [] }],
  };
  const { code, stderr } = await ran("verify", "2020-01");
  expect(code).toBe(1);
  expect(stderr).toContain(
    "site_a: nothing is archived from 2020-01-01 to 2020-01-31, so nothing was checked.",
  );
  expect(await ran("verify", "--last")).toMatchObject({ code: 1 });
});

it("a verification says how many days of its range are not archived, and a rebuild ends as it found", async () => {
  const some = { ...audit("site_a", "completed"), from: "2020-01-01", to: "2020-01-31" };
  server.responses = {
    "POST /backfill/verify": [{ sites: ["site_a"] }],
    "POST /backfill/rebuild": [{ sites: ["site_a"] }],
    "GET /backfill/verify": [
      { audits: [some] },
      { audits: [{ ...some, mode: "rebuild", outcome: "problems" }] },
    ],
  };
  expect(await ran("verify", "2020-01")).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("site_a: 28 days of the range not archived, and so not checked."),
  });
  expect(await ran("rebuild")).toMatchObject({ code: 1, stdout: expect.stringContaining("rebuild") });
});

const SUMMARY = {
  ...{ site: "site_a", state: "running", days_archived: 3, days_empty: 0, days_outside: 2 },
  ...{ first_day: "2023-01-01", last_day: "2024-01-01", records: 1_000, bytes: 166_179_000 },
};

it("status shows what is archived beyond the backfill, and says that a wrong key is not needed", async () => {
  server.responses = { "GET /backfill/status": [STATUS], "GET /backfill/sites": [{ sites: [SUMMARY] }] };
  const known = await ran("status");
  expect(known.stdout).toContain(
    "archived in total: 3 site-days, 1,000 samples, 166 MB; 2 of them outside of this backfill's range\n",
  );
  server.responses = { ...server.responses, "GET /backfill/sites": [{ error: "Forbidden" }] };
  expect(await ran("status")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("in progress"),
    stderr: expect.stringContaining(
      "The Worker rejects the API key. The status is shown because it is public",
    ),
  });
});

it("sites shows what is archived of each; points lists those of the last archived day that match", async () => {
  server.responses = {
    ...SITE_WITH_POINTS,
    "GET /backfill/sites": [{ sites: [SUMMARY] }],
    "GET /backfill/status": [{ ...STATUS, throttled_until: null }],
  };
  const [sites, points, none] = await Promise.all([
    ran("sites"),
    ran("points", "--site", "site_a", "--match", "*/temp", "--json"),
    ran("points", "--site", "site_a", "--match", "te?p"),
  ]);
  expect(sites.stdout).toMatch(/^site_a +running +3 +0 +1,000 +166 MB +2023-01-01 to 2024-01-01$/m);
  expect(points).toMatchObject({ code: 0, stdout: '{"point_name":"s/temp"}\n' });
  expect(points.stderr).toMatch(/^1 of 3 points of 2024-01-01 /);
  expect(none).toMatchObject({ code: 1, stdout: "" });
});

it("sites says throttled while a 429 pauses the site", async () => {
  server.responses = {
    "GET /backfill/sites": [{ sites: [SUMMARY] }],
    "GET /backfill/status": [{ ...STATUS, throttled_until: "2999-01-01T00:00:00.000Z" }],
  };
  expect((await ran("sites")).stdout).toMatch(/^site_a +throttled /m);
});

it("--version prints the version, and days may be named relative to today, a month or a year", async () => {
  server.responses = {
    "POST /backfill/start": [{ ...ACCEPTED, estimated_days: 1, estimated_site_days: 1 }],
    "GET /backfill/days": [{ count: 0, days: [] }],
  };
  const [version, days, wrong] = await Promise.all([
    ran("--version"),
    ran("days", "-7d", "today"),
    ran("plan", "2024-13"),
  ]);
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^bv-backfill \d+\.\d+\.\d+/) });
  expect(days.code).toBe(0);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("yesterday, 7d") });
});

it("errors names the sites that did not respond, and then ends with 1", async () => {
  server.responses = { "GET /backfill/errors": [{ count: 0, errors: [], sites_unavailable: ["site_b"] }] };
  expect(await ran("errors")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("These sites do not respond, so their errors are missing: site_b"),
  });
});

it("watching ends at once when the key is rejected", async () => {
  server.responses = { "GET /backfill/verify": [{ error: "Forbidden" }] };
  expect(await ran("verify", "--last")).toMatchObject({
    code: 4,
    stdout: "",
    stderr: expect.stringContaining("BACKFILL_API_KEY"),
  });
  expect(server.requests).toHaveLength(1);
});

const COST = {
  ...{ sources: ["R2"], storage_tiers: ["cold"], query_time_ms: 1, bytes_read: 1, r2_requests: 1 },
  ...{ row_groups_read: 1, row_groups_pruned: 0, cache_hits: 0, d1_rows: 0, d1_bytes: 0 },
};
const answer = (names: readonly string[], next_cursor: string | null = null) => ({
  samples: names.map((point_name) => ({ point_name, timestamp: "2024-01-01T00:00:00.000Z", value: 1 })),
  metadata: { ...COST, total_samples: names.length, missing_days: [], next_cursor },
});
/** A site with one archived day, which has three points. */
const SITE_WITH_POINTS: CliResponses = {
  "GET /timeseries/days": [
    {
      days: [
        { date: "2024-01-01", state: "present" },
        { date: "2024-01-02", state: "missing" },
      ],
    },
  ],
  "GET /timeseries/points": [
    {
      state: "present",
      metadata: COST,
      points: ["s/temp", "s/humidity", "s/fan"].map((point_name) => ({ point_name })),
    },
  ],
};
const query = (points: readonly string[], ...options: string[]) =>
  ran("query", ...points, "--site", "site_a", "--from", "2024-01-01", "--to", "2024-01-02", ...options);

it.each<string[]>([[], ["--chart"], ["--csv"], ["--json"]])(
  "a query without any samples says so, suggests near names and ends with 1 (%s)",
  async (...options) => {
    server.responses = { ...SITE_WITH_POINTS, "GET /timeseries/query": [answer([])] };
    const { code, stdout, stderr } = await query(["s/tmp", "s/fan"], ...options);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'No samples for "s/tmp" between 2024-01-01 and 2024-01-02. On 2024-01-01 site_a has no point of that name.\nDid you mean "s/temp"?\n',
    );
    expect(stderr).toContain('No samples for "s/fan" between 2024-01-01 and 2024-01-02.\n');
    expect(stderr).not.toContain('"s/humidity"');
    expect(stdout).toBe(options.includes("--csv") ? "point_name,timestamp,value\n" : "");
  },
);

it("a query by months over years is sent as it is written, and its pattern is matched in the last 366 days", async () => {
  server.responses = { ...SITE_WITH_POINTS, "GET /timeseries/query": [answer(["s/temp"])] };
  const before = server.parameters.length;
  const range = ["--site", "site_a", "--from", "2020", "--to", "2024"];
  const { code, stderr } = await ran("query", "s/t*", ...range, "--interval", "1month", "--agg", "max");
  expect(stderr).toContain("Patterns stand for the points of 2024-01-01: 1 point in all.");
  expect(code).toBe(0);
  const sent = server.parameters
    .slice(before)
    .map((each): Record<string, string> => Object.fromEntries(each));
  const [days, query] = [sent[0], sent.find(({ interval }) => interval !== undefined)];
  expect(days).toMatchObject({ from: "2024-01-01", to: "2024-12-31" });
  expect(query).toMatchObject({ interval: "1month", agg: "max", start_time: String(Date.UTC(2020, 0)) });
  expect((await ran("query", "s/temp", ...range, "--interval", "week")).code).toBe(0);
  expect(await ran("query", "s/temp", ...range, "--interval", "2d")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("It is longer than a day; longer than 1d are only"),
  });
});

it("a wrong point in a range with missing days is a wrong point, not a wrong site", async () => {
  const nothing = {
    ...answer([]),
    metadata: { ...COST, total_samples: 0, missing_days: ["2024-01-02"], next_cursor: null },
  };
  const [days] = SITE_WITH_POINTS["GET /timeseries/days"] ?? [];
  // The range has a file; the last 366 days have none.
  server.responses = {
    ...SITE_WITH_POINTS,
    "GET /timeseries/query": [nothing],
    "GET /timeseries/days": [days ?? null, days ?? null, { days: [] }],
  };
  const { code, stderr } = await query(["s/tmp"]);
  expect(code).toBe(1);
  expect(stderr).toContain("Not archived: 2024-01-02");
  expect(stderr).toContain('On 2024-01-01 site_a has no point of that name.\nDid you mean "s/temp"?');
  expect(stderr).not.toContain("has no file");
});

it("a query with samples of some points prints them, and ends with 1 if another is no point of the site", async () => {
  server.responses = { ...SITE_WITH_POINTS, "GET /timeseries/query": [answer(["s/fan"])] };
  const { code, stdout, stderr } = await query(["s/humidty", "s/fan"]);
  expect(code).toBe(1);
  expect(stdout).toContain("s/fan  2024-01-01");
  expect(stderr).toContain('On 2024-01-01 site_a has no point of that name.\nDid you mean "s/humidity"?');
  expect(stderr).not.toContain('for "s/fan"');
});

it("a table that shows only its first rows warns of points without samples, not of points without shown rows", async () => {
  const page = answer(["s/fan"], "more");
  server.responses = { ...SITE_WITH_POINTS, "GET /timeseries/query": [page, answer(["s/temp"])] };
  const { code, stderr } = await query(["s/fan", "s/temp", "s/none"], "--limit", "1");
  expect(code).toBe(1);
  expect(stderr).toContain('No samples for "s/none"');
  expect(stderr).not.toContain('for "s/temp"');
});

it("an empty page with a cursor is not the end of a table", async () => {
  server.responses = {
    ...SITE_WITH_POINTS,
    "GET /timeseries/query": [answer([], "more"), answer(["s/fan"])],
  };
  expect(await query(["s/fan"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("s/fan  2024-01-01"),
  });
});

it("a query without samples ends with 1 also when no names can be suggested", async () => {
  server.responses = {
    "GET /timeseries/query": [answer([])],
    "GET /timeseries/days": [{ error: "Forbidden" }],
  };
  const { code, stderr } = await query(["s/fan"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('No samples for "s/fan"') });
});

it("names the proxy that can't be reached, not the Worker's address, and not its password", async () => {
  server.responses = { "GET /backfill/status": [STATUS] };
  const proxy = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://user:secret@127.0.0.1:9" };
  const [dead, excepted] = await Promise.all([
    server.started(["status"], proxy).ended,
    server.started(["status"], { ...proxy, NO_PROXY: "127.0.0.1" }).ended,
  ]);
  expect(dead.stderr).toContain(" through the proxy http://127.0.0.1:9 (HTTP_PROXY): connection refused");
  expect(dead.stderr).toContain("add 127.0.0.1,localhost to NO_PROXY");
  expect(dead.stderr).not.toContain("secret");
  expect([dead.code, excepted.stderr.includes("proxy")]).toEqual([3, false]);
});

it("a list of points has at most --limit lines and only those that match, in every form", async () => {
  server.responses = SITE_WITH_POINTS;
  const json = await query([], "--limit", "1", "--json");
  expect(json.stdout).toBe('{"point_name":"s/temp"}\n');
  expect(json.stderr).toContain("These are the first 1 points.");
  const matching = await query([], "--match", "hum", "--json");
  expect(matching.stdout).toBe('{"point_name":"s/humidity"}\n');
  const none = await query([], "--match", "s/hum", "--csv");
  expect(none.code).toBe(0);
  expect((await query([], "--match", "hum*", "--csv")).code).toBe(1);
});

it("--limit cuts rows of JSON and CSV too, and is sent to the Worker", async () => {
  server.responses = { ...SITE_WITH_POINTS, "GET /timeseries/query": [answer(["s/fan"], "more")] };
  server.parameters.length = 0;
  const { code, stdout } = await query(["s/fan"], "--limit", "2", "--json");
  expect([code, stdout.trim().split("\n").length]).toEqual([0, 2]);
  expect(server.parameters[0]?.get("limit")).toBe("2");
});

it("a pattern stands for the points that match it, and for no other", async () => {
  server.responses = { ...SITE_WITH_POINTS, "GET /timeseries/query": [answer(["s/temp", "s/humidity"])] };
  server.parameters.length = 0;
  const { code } = await query(["s/*t*", "s/temp"]);
  expect(code).toBe(0);
  expect(server.parameters.at(-1)?.getAll("point_names")).toEqual(["s/temp", "s/humidity"]);
  const none = await query(["x/*"]);
  expect(none.code).toBe(1);
  expect(none.stderr).toContain("No point of site_a matches 'x/*' on 2024-01-01.");
});

it("a pattern that more than 100 points match is refused, with some of them", async () => {
  const points = Array.from({ length: 101 }, (_, index) => ({ point_name: `s/${index}` }));
  server.responses = {
    ...SITE_WITH_POINTS,
    "GET /timeseries/points": [{ state: "present", metadata: COST, points }],
  };
  const { code, stderr } = await query(["s/*"]);
  expect(code).toBe(2);
  expect(stderr).toContain("101 points match; a query has at most 100.");
  expect(stderr).toContain("s/0, s/1, s/2");
});

it.each<string[][]>([[["s/fan"]], [["s/*"]], [[]]])(
  "a site of which nothing is archived is called so, with near names and exit code 1 (%j)",
  async (points) => {
    const missing = {
      ...answer([]),
      metadata: { ...COST, total_samples: 0, missing_days: ["2024-01-01"], next_cursor: null },
    };
    server.responses = {
      "GET /timeseries/query": [missing],
      "GET /timeseries/days": [{ days: [{ date: "2024-01-01", state: "missing" }] }],
      "GET /timeseries/points": [{ state: "missing", metadata: COST, points: [] }],
      "GET /timeseries/sites": [{ date: "2024-01-01", sites: ["site_b", "tower"], metadata: COST }],
    };
    const { code, stderr } = await query(points);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /Site "site_a" has no file (of|from) 2024-01-01.*, and none of the last 366 days\./,
    );
    expect(stderr).toContain("Sites with a file of 2024-01-01: site_b, tower.");
    expect(stderr).toContain('Did you mean "site_b"?');
    expect(stderr).not.toContain("No samples for");
  },
);

it("an export of a site of which nothing is archived says so, with near names", async () => {
  server.responses = {
    "GET /": [{}],
    "GET /timeseries/file": [{ error: "not archived" }],
    "GET /timeseries/days": [{ days: [{ date: "2024-01-01", state: "missing" }] }],
    "GET /timeseries/sites": [{ date: "2024-01-01", sites: ["site_b"], metadata: COST }],
  };
  const folder = mkdtempSync(join(tmpdir(), "backfill-export-"));
  const { code, stderr } = await ran("export", "2024-01-01", "--site", "site_a", "--out", folder);
  rmSync(folder, { recursive: true });
  expect(code).toBe(1);
  expect(stderr).toContain('Site "site_a" has no file of 2024-01-01, and none of the last 366 days.');
  // Days that have no file are not counted as files.
  expect(stderr).toContain("1 of 1 site-day, 0 bytes");
  expect(stderr).toContain('Did you mean "site_b"?');
  expect(stderr).toContain("Not archived: 2024-01-01 of site_a");
});

const MEANT = [
  {
    ...{
      point_name: "s/temp",
      first_seen: "2024-01-01",
      last_seen: "2024-03-01",
      units: "degreesFahrenheit",
    },
    ...{ description: "Zone temperature", kv_tags: { floor: "2" }, marker_tags: ["temp"] },
  },
  { point_name: "s/fan", first_seen: "2024-01-01", last_seen: "2024-02-01", units: null, description: null },
];
const known = (points: readonly object[], next_cursor: string | null = null) => ({
  points,
  metadata: { ...COST, points_file: "present", next_cursor },
});

it("points lists with --ever all that were configured, over all pages, with units and description", async () => {
  const [first = {}, second = {}] = MEANT;
  server.responses = { "GET /timeseries/points": [known([first], "next"), known([second])] };
  server.parameters.length = 0;
  const { code, stdout, stderr } = await ran("points", "--site", "site_a", "--ever", "--q", "zone temp");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^point +first seen +last seen +units +description\n/);
  expect(stdout).toMatch(/s\/temp +2024-01-01 +2024-03-01 +degreesFahrenheit +Zone temperature/);
  expect(stderr).toContain("2 points that were ever configured");
  expect(server.parameters.map((sent) => [sent.get("q"), sent.get("cursor"), sent.get("date")])).toEqual([
    ["zone temp", null, null],
    ["zone temp", "next", null],
  ]);
  server.responses = { "GET /timeseries/points": [known(MEANT)] };
  const csv = await ran("points", "--site", "site_a", "--ever", "--csv");
  expect(csv.stdout.split("\n")[1]).toContain(
    's/temp,2024-01-01,2024-03-01,degreesFahrenheit,Zone temperature,,,,,,,,"{""floor"":""2""}","[""temp""]"',
  );
  const json = await ran("points", "--site", "site_a", "--ever", "--json");
  expect(
    json.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(MEANT);
});

it("points of a day are searched by the Worker, and a search without a result ends with 1", async () => {
  server.responses = { "GET /timeseries/points": [{ state: "present", metadata: COST, points: [] }] };
  server.parameters.length = 0;
  const { code } = await ran("points", "2024-01-01", "--site", "site_a", "--q", "nothing");
  expect([code, server.parameters[0]?.get("q"), server.parameters[0]?.get("date")]).toEqual([
    1,
    "nothing",
    "2024-01-01",
  ]);
  expect((await ran("points", "2024-01-01", "--site", "site_a", "--ever")).code).toBe(2);
});

it("a table and a chart have units where the Worker knows them, and CSV has not", async () => {
  server.responses = {
    "GET /timeseries/points": [known(MEANT)],
    "GET /timeseries/query": [answer(["s/temp"])],
  };
  expect((await query(["s/temp"])).stdout).toContain("value (degreesFahrenheit)");
  expect((await query(["s/temp"], "--chart")).stdout).toContain("s/temp (degreesFahrenheit)\n");
  expect((await query(["s/temp"], "--csv")).stdout).toMatch(/^point_name,timestamp,value\n/);
  server.responses = { ...server.responses, "GET /timeseries/query": [answer(["s/temp", "s/fan"])] };
  const mixed = (await query(["s/temp", "s/fan"])).stdout;
  expect(mixed).toMatch(/value +units\n/);
  expect(mixed).toMatch(/s\/temp .* degreesFahrenheit\n/);
});
