import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BackfillClient, EtlClient } from "../../client/client.ts";
import { type Simulator, startSimulator } from "../../simulator/server/server.ts";
import { utcDayOf } from "../../src/domain/day.ts";
import { CliProcess } from "./cli-process.ts";
import { eventually, removeFolder } from "./fixture.ts";

const KEY = "vendor-key-of-this-test";
const TOKEN = "own-token";
/** Three Workers start twice, each time within the bound of a start. */
const UP_MS_MAX = 600_000;

let folder: string;
let vendor: Simulator;
const stacks: CliProcess[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "backfill-up-"));
  vendor = await startSimulator({
    sites: ["site_a"],
    key: KEY,
    pointsPerSite: 40,
    samplesPerDay: 8_000,
    present: true,
  });
});
afterAll(async () => {
  // Those of a test that failed.
  for (const stack of stacks) {
    stack.kill("SIGKILL");
    await stack.ended();
  }
  await vendor?.close();
  removeFolder(folder);
});

/** `up` against the API, with any free ports. */
function up(...more: string[]): CliProcess {
  const ports = ["--port", "0", "--query-port", "0", "--etl-port", "0"];
  const args = ["up", "--api", vendor.api, "--state", join(folder, "state"), "--rate", "600", "--quiet"];
  const stack = CliProcess.piped([...args, ...ports, ...more], { ACE_API_KEY: KEY, BACKFILL_API_KEY: TOKEN });
  stacks.push(stack);
  return stack;
}

const addresses = (stack: CliProcess) =>
  stack.shows("the Workers' addresses", (shown) => {
    const of = (worker: string) => new RegExp(`${worker} Worker +(http://\\S+)`).exec(shown)?.[1];
    const [backfill, etl, query] = [of("Backfill"), of("ETL Sync"), of("Query")];
    return backfill && etl && query ? { backfill, etl, query } : undefined;
  });

async function statusOf(etl: string) {
  const { sites } = await new EtlClient(etl, undefined).status();
  const status = sites.find(({ site }) => site === "site_a");
  if (!status) throw new Error("the status has no site_a");
  return status;
}

test("a stack against a real API names a site that it does not know, goes on after a kill, and keeps the key to itself", {
  timeout: UP_MS_MAX,
}, async () => {
  const sites = ["--sites", "site_a,site_unknown"];
  const first = up(...sites);
  const { backfill, etl, query } = await addresses(first);
  const synced = await first.shows("the site is synced", (shown) => /site_a is synced: .*/.exec(shown)?.[0]);
  expect(synced).toMatch(/its newest sample is \d+ (s|min) old/);
  const halted = await first.shows("the other is not", (shown) => /site_unknown is .*/.exec(shown)?.[0]);
  expect(halted).toMatch(/is halted: .*site_unknown/);
  const yesterday = utcDayOf(Date.now() - 86_400_000);
  const client = new BackfillClient(backfill, TOKEN);
  await client.start(yesterday, yesterday, { sites: ["site_a"] });
  await eventually("yesterday is archived", async () => (await client.status()).status === "completed");
  const requests = (await statusOf(etl)).totals.requests;
  expect(requests).toBeGreaterThan(0);
  first.kill("SIGKILL");
  await first.ended();
  // Others end the Workers after it, and two Workers must not have one database.
  await eventually("its Workers have ended", async () => {
    const answers = await Promise.allSettled([backfill, etl, query].map((url) => fetch(url)));
    return answers.every(({ status }) => status === "rejected");
  });

  const second = up(...sites);
  const again = await addresses(second);
  const days = await new BackfillClient(again.backfill, TOKEN).days(
    `?from=${yesterday}&to=${yesterday}&site=site_a`,
  );
  expect(days).toMatchObject([{ status: "completed" }]);
  const status = await statusOf(again.etl);
  expect(status.totals.requests).toBeGreaterThanOrEqual(requests);
  expect(status.newest_sample).not.toBeNull();
  second.kill("SIGTERM");
  const { stdout, stderr } = await second.ended();
  expect(stdout + stderr + first.shown).not.toContain(KEY);
  // Neither in a file that stays. The databases have no key, either.
  const files = readdirSync(join(folder, "state/wrangler"), { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile()))
    expect(readFileSync(join(file.parentPath, file.name), "utf8")).not.toContain(KEY);
  expect(vendor.stats().keys).toEqual([KEY]);
});

test("what is missing is named before anything starts", async () => {
  const { code, stderr } = await up().ended();
  expect([code, stderr]).toEqual([2, expect.stringContaining("--sites is not set")]);
});
