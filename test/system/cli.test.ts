import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readWithDuckdb } from "../reference/duckdb.ts";
import { lines, truthOf } from "../reference/truth.ts";
import { CliProcess, type Ended } from "./cli-process.ts";
import { eventually, keyOf, QUERY_TOKEN, TOKEN, World } from "./fixture.ts";

const SITE = "site_a";
const [FIRST, SECOND] = ["2024-01-01", "2024-01-02"] as const;
const FAILING = "2024-01-03";
const ESCAPE = "\x1b[";
const CTRL_C = "\x03";

let world: World;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "backfill-cli-"));
  world = await World.open({ sites: [{ name: SITE, pointsPerSite: 8, samplesPerDay: 60 }] });
  await world.startQueryWorker();
  env = {
    BACKFILL_URL: world.url,
    BACKFILL_API_KEY: TOKEN,
    QUERY_URL: world.queryUrl,
    QUERY_API_KEY: QUERY_TOKEN,
  };
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world?.close();
});

const backfill = (...args: string[]): Promise<Ended> => CliProcess.piped(args, env).ended();

// Each test continues from the state that the previous one left.

test("npx finds the command from any folder of the checkout, with the right Node; before a start the doctor finds no problem", async () => {
  const [doctor, plan] = await Promise.all([
    CliProcess.byNpx(["doctor"], "src/domain", env).ended(),
    backfill("plan", FIRST, FAILING, "--json"),
  ]);
  expect(doctor.stdout, doctor.stderr).toMatch(/^OK {4}Node v(2[4-9]|[3-9]\d)\./);
  expect(doctor.stdout).toContain("No backfill has been started yet");
  expect(doctor.code, doctor.stdout).toBe(0);
  expect(JSON.parse(plan.stdout)).toMatchObject({ status: "dry_run", days_to_fetch: 3 });
});

test("start --watch in a pipe ends with 1 when a day fails, and its retry with 0", async () => {
  const fault = world.sim.faults.add({ day: FAILING, effect: { do: "status", status: 503 } });
  const partial = await backfill("start", FIRST, FAILING, "--watch");
  expect(partial.code).toBe(1);
  expect(partial.stdout).toMatch(
    /^started backfill_\d+_\w+: 2024-01-01 to 2024-01-03, 3 days, 3 site-days\n/,
  );
  expect(partial.stdout).toContain(`\nfailed: ${FAILING} ${SITE}\n`);
  expect(partial.stderr).toContain("partly completed; 66.67% 2 of 3 site-days, 1 failed");
  expect(partial.stdout + partial.stderr).not.toContain(ESCAPE);

  const [errors, days] = await Promise.all([backfill("errors"), backfill("days")]);
  expect(errors.stdout).toMatch(new RegExp(`${SITE} +${FAILING} +.*503`));
  expect(days).toMatchObject({ code: 1, stdout: expect.stringContaining("2024-01  ██x\n") });

  world.sim.faults.clear(fault);
  expect(await backfill("retry", "--watch")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^retrying backfill_\S+: 1 failed site-day\n/),
  });
});

test("a terminal shows bars and colours, and Ctrl-C stops watching, not the backfill", async () => {
  world.sim.faults.add({ effect: { do: "throttle", retryAfter: { form: "seconds", seconds: 600 } } });
  const watching = CliProcess.inTerminal(["start", "2020-01-01", "2020-12-31", "--watch"], env);
  // The number of lines does not tell: a line of the roll-ups of the days before comes and goes.
  await watching.shows("the pause again", (shown) => {
    const [, , again] = shown.split(/throttled, \d+:\d\d left/);
    return again;
  });
  // In place of the lines before.
  expect([5, 6].some((lines) => watching.shown.includes(`${ESCAPE}${lines}A\r`))).toBe(true);
  watching.type(CTRL_C);
  const { code, stdout } = await watching.ended();
  expect(code).toBe(130);
  expect(stdout).toMatch(/throttled, \d+:\d\d left: the API accepts no requests until/);
  expect(stdout).toContain("in progress  2020-01-01 to 2020-12-31");
  expect(stdout).toContain("░");
  expect(stdout).toContain("The backfill is still running. To watch again: npx bv-backfill status --watch");
  // The cursor is shown again.
  expect(stdout.lastIndexOf(`${ESCAPE}?25h`)).toBeGreaterThan(stdout.lastIndexOf(`${ESCAPE}?25l`));

  const [conflict, painted, unpainted] = await Promise.all([
    backfill("start", FIRST, SECOND),
    CliProcess.inTerminal(["status"], env).ended(),
    CliProcess.inTerminal(["status"], { ...env, NO_COLOR: "1" }).ended(),
  ]);
  expect(conflict).toMatchObject({ code: 4, stderr: expect.stringContaining("npx bv-backfill cancel") });
  expect(painted.stdout).toContain(`${ESCAPE}36min progress${ESCAPE}39m`);
  expect(unpainted.stdout).toContain("  in progress  ");
  expect(unpainted.stdout).not.toContain(ESCAPE);

  const cancelled = await backfill("cancel");
  expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringMatching(/^cancelled backfill_/) });
  expect(cancelled.stderr).toContain(
    `To resume: npx bv-backfill start 2020-01-01 2020-12-31 --site ${SITE}\n`,
  );
});

test("a verification of a sample counts its days, and one that finds a file missing ends with 1", async () => {
  const sample = await backfill("verify", FIRST, FAILING, "--sample", "50%", "--json");
  expect(sample.code, sample.stderr).toBe(0);
  expect(JSON.parse(sample.stdout)).toMatchObject([{ mode: "full", sample_percent: 50, days_ok: 2 }]);
  await (await world.state()).remove(keyOf(SITE, FAILING));
  const found = await backfill("verify", FIRST, FAILING);
  expect(found.code).toBe(1);
  expect(found.stdout).toContain(`${FAILING} ${SITE}: the object is missing`);
  // Until the site has replaced them, the roll-ups answer for the day as well.
  await eventually("no roll-up has the day", async () => {
    const sites = await world.client.rollups();
    return sites.every(({ hourly, raw, state }) => {
      return state === "idle" && hourly.days_held === 2 && raw.days_held === 2;
    });
  });
});

test("a query prints every sample as CSV, draws a chart, names the days that are not archived, and suggests points", async () => {
  const rows = truthOf(world.sim, SITE, FIRST).rows;
  const point = rows[0]?.point_name as string;
  const ask = ["query", point, "--site", SITE, "--from", FIRST];
  const [unknown, csv, chart, points] = await Promise.all([
    backfill("query", `${point}_`, "--site", SITE, "--from", FIRST),
    backfill(...ask, "--csv"),
    backfill(...ask, "--to", FAILING, "--chart"),
    backfill("query", "--site", SITE, "--from", FIRST),
  ]);
  const own = rows.filter((row) => row.point_name === point);
  expect(csv.code, csv.stderr).toBe(0);
  expect(csv.stdout.trimEnd().split("\n").slice(1)).toEqual(
    own.map(({ timestamp, value }) => `${point},${new Date(timestamp).toISOString()},${value}`),
  );
  expect(chart).toMatchObject({ code: 1, stdout: expect.stringMatching(/[\u2801-\u28ff]/) });
  expect(chart.stderr).toContain(`Not archived: ${FAILING}`);
  expect(unknown).toMatchObject({ code: 1, stdout: "" });
  expect(unknown.stderr).toContain(
    `No samples for "${point}_" on ${FIRST}. On ${FIRST} ${SITE} has no point of that name.\nDid you mean "${point}"`,
  );
  for (const name of new Set(rows.map((row) => row.point_name))) expect(points.stdout).toContain(name);
});

test("an export has exactly the archive's bytes, resumes, and names what is missing", async () => {
  const ask = ["export", FIRST, FAILING, "--site", SITE];
  const exported = await backfill(...ask, "--out", folder);
  expect(exported.code).toBe(1);
  const paths = [FIRST, SECOND].map((day) => join(folder, keyOf(SITE, day)));
  expect(exported.stdout.trimEnd().split("\n")).toEqual(paths);
  expect(exported.stderr).toContain("2 fetched, 0 already there, 1 missing");
  for (const [index, day] of [FIRST, SECOND].entries()) {
    expect(sha256(readFileSync(paths[index] as string))).toBe(sha256(await world.object(keyOf(SITE, day))));
  }
  writeFileSync(paths[1] as string, "corrupt");
  expect((await backfill(...ask, "--out", folder)).stderr).toContain("1 fetched, 1 already there, 1 missing");

  const csv = join(folder, "days.csv");
  expect((await backfill("export", FIRST, SECOND, "--site", SITE, "--csv", csv)).code).toBe(0);
  const expected = [FIRST, SECOND].flatMap((day) => truthOf(world.sim, SITE, day).rows);
  expect(readFileSync(csv, "utf8").trimEnd().split("\n").slice(1)).toEqual(
    expected.map((row) => `${new Date(row.timestamp).toISOString()},${SITE},${row.point_name},${row.value}`),
  );
});

test("an export of points has their samples as they are in the archive", async () => {
  const rows = [FIRST, SECOND].flatMap((day) => truthOf(world.sim, SITE, day).rows);
  const names = [...new Set(rows.map(({ point_name }) => point_name))].slice(1, 3);
  const path = join(folder, "points.parquet");
  const exported = await backfill(
    "export",
    FIRST,
    SECOND,
    "--site",
    SITE,
    "--out",
    path,
    "--points",
    ...names,
  );
  expect(exported).toMatchObject({ code: 0, stdout: `${path}\n` });
  const read = await readWithDuckdb(new Uint8Array(readFileSync(path)));
  expect(lines(read)).toEqual(lines(rows.filter(({ point_name }) => names.includes(point_name))));
});

test("the exit code has the kind of error, and the message names the next step", async () => {
  const unreachable = { ...env, BACKFILL_URL: "http://127.0.0.1:2" };
  const [misused, wrongKey, sick] = await Promise.all([
    backfill("start", "2024-02-31"),
    backfill("days", "--token", "another"),
    CliProcess.piped(["doctor"], unreachable).ended(),
  ]);
  expect(misused).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("2024-01-31, today, yesterday, 7d"),
  });
  expect(wrongKey).toMatchObject({
    code: 4,
    stdout: "",
    stderr: expect.stringContaining("BACKFILL_API_KEY"),
  });
  expect(sick).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/^FAIL {2}The Backfill Worker can't be reached/m),
  });
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
