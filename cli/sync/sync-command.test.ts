import { expect, it } from "vitest";
import type { SyncAlert } from "../../src/contract/etl.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { CliServer } from "../../test/support/cli-server.ts";
import { siteSync, syncStatus } from "../../test/support/http/etl-views.ts";
import { exitCodeOf, ofSite } from "./sync-command.ts";

const server = new CliServer();
const HEALTHY = syncStatus({ sites: [siteSync(), siteSync({ site: "building_a" })] });
const AT = "2025-10-14T12:34:00.000Z";

/** The view of a sync that was triggered at `AT`, and has ended. */
function ended(outcome: "ok" | "failed", site = "ses_falls_city") {
  const last = siteSync().last_sync;
  const error = outcome === "failed" ? "The API refuses the key ACE_API_KEY" : null;
  return siteSync({ site, last_sync: last && { ...last, started_at: AT, ended_at: AT, outcome, error } });
}
const current_sync = { started_at: AT, windows_read: 1, windows_total: 8 };
const IN_SYNC = syncStatus({ sites: [siteSync(), siteSync({ site: "building_a", current_sync })] });
const ACCEPTED = {
  ...{ status: "started", sites: ["ses_falls_city"], sites_running: ["building_a"], message: "" },
  triggered_at: { ses_falls_city: AT },
};

it("shows every site, or the one that is named; with --json as the Worker sends it", async () => {
  server.responses = { "GET /status": [HEALTHY] };
  const [all, one, json] = await Promise.all([
    server.ran("sync"),
    server.ran("sync", "--site", "building_a"),
    server.ran("sync", "--json"),
  ]);
  expect(all).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("ses_falls_city") });
  expect(one.stdout).not.toContain("ses_falls_city");
  expect(JSON.parse(json.stdout)).toEqual(HEALTHY);
});

it("names the configured sites where another is asked for", async () => {
  server.responses = { "GET /status": [HEALTHY] };
  expect(await server.ran("sync", "--site", "tower")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Configured: ses_falls_city, building_a"),
  });
});

it("--now begins a sync, shows it until it ends, and names sites that are in one already", async () => {
  server.responses = {
    "POST /trigger": [ACCEPTED],
    "GET /status": [IN_SYNC, syncStatus({ sites: [ended("ok"), ended("ok", "building_a")] })],
  };
  const { code, stderr } = await server.ran("sync", "--now");
  expect(code).toBe(0);
  expect(stderr).toContain("building_a is in a sync already.");
  expect(stderr).toContain("ses_falls_city done in 0:00: 2 windows, 52,000 samples");
  expect(server.requests).toEqual(["POST /trigger", "GET /status", "GET /status"]);
});

it("--now where every site is in a sync already waits for the end of that", async () => {
  server.responses = {
    "POST /trigger": [{ error: "Sync already in progress" }],
    "GET /status": [IN_SYNC, syncStatus({ sites: [ended("ok", "building_a")] })],
  };
  server.statuses["POST /trigger"] = 409;
  const { code, stderr } = await server.ran("sync", "--now", "--site", "building_a");
  expect(code).toBe(0);
  expect(stderr).toContain("building_a is in a sync already.");
  expect(stderr).toContain("building_a done in 0:00");
});

it("--now ends with 1 where the sync failed, and says why", async () => {
  server.responses = {
    "POST /trigger": [ACCEPTED],
    "GET /status": [syncStatus({ sites: [ended("failed")] })],
  };
  expect(await server.ran("sync", "--now", "--site", "ses_falls_city", "--json")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("failed after 0:00: The API refuses the key ACE_API_KEY"),
    stdout: expect.stringContaining('"outcome": "failed"'),
  });
  expect(server.parameters.some((given) => given.get("site") === "ses_falls_city")).toBe(true);
});

it("--now with a wrong key names the variable", async () => {
  server.responses = { "POST /trigger": [{ error: "Forbidden" }] };
  expect(await server.ran("sync", "--now")).toMatchObject({
    code: 4,
    stderr: expect.stringContaining("ETL_API_KEY"),
  });
});

it("--watch --json prints a line for every change, until Ctrl-C", async () => {
  const later = syncStatus({ timestamp: "2025-10-14T12:35:00.000Z", sites: HEALTHY.sites });
  server.responses = { "GET /status": [HEALTHY, later, syncStatus({ status: "behind" })] };
  const { child, out, ended: end } = server.started(["sync", "--watch", "--json"]);
  await expect.poll(() => out.stdout, { timeout: 30_000 }).toContain("behind");
  child.kill("SIGINT");
  const { code, stdout, stderr } = await end;
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).status),
  ).toEqual(["current", "behind"]);
  expect([code, stderr]).toEqual([
    130,
    expect.stringContaining("To watch again: npx bv-backfill sync --watch"),
  ]);
});

it("asks where the Worker is, when only the Backfill Worker's address is given", async () => {
  const env = { BACKFILL_URL: "https://backfill.example.com", ETL_URL: undefined };
  expect(await server.started(["sync"], env).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Set its address in ETL_URL, or pass --etl-url."),
  });
});

it("the exit code tells whether something needs attention", () => {
  expect(exitCodeOf(HEALTHY)).toBe(0);
  expect(exitCodeOf(syncStatus({ sites: [siteSync({ lag_seconds: null, state: "starting" })] }))).toBe(0);
  expect(exitCodeOf(syncStatus({ sites: [siteSync({ lag_seconds: 900 })] }))).toBe(0);
  expect(exitCodeOf(syncStatus({ sites: [siteSync({ lag_seconds: 901 })] }))).toBe(1);
  expect(exitCodeOf(syncStatus({ sites: [siteSync({ state: "halted" })] }))).toBe(1);
  expect(exitCodeOf(syncStatus({ sites_unreachable: ["b"] }))).toBe(1);
});

it("a site that does not respond is a configured one, and alerts of other sites are left out", () => {
  const alert: SyncAlert = {
    ...{ alert: "sync_lag", since: AT, message: "", day: null, value: 20, threshold: 15 },
    site: null,
  };
  const status = syncStatus({
    sites_unreachable: ["site_b"],
    alerts: [{ ...alert, site: "ses_falls_city" }, alert],
  });
  expect(ofSite(status, "site_b" as SiteName)).toMatchObject({
    sites: [],
    sites_unreachable: ["site_b"],
    alerts: [{ site: null }],
  });
});
