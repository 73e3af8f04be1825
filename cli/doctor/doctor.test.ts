import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BackfillClient, EtlClient, QueryClient } from "../../client/client.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import { STATUS } from "../../test/support/cli-status.ts";
import { siteSync, syncStatus } from "../../test/support/http/etl-views.ts";
import { EtlAddressUnknown } from "../connection.ts";
import { checkBackfill } from "./check-backfill.ts";
import { checkEtl, checkHot, checkShared, etlUnknown } from "./check-etl.ts";
import { checkProxy } from "./check-proxy.ts";
import { checkArchive, checkQuery } from "./check-query.ts";

type Responses = Record<string, readonly [status: number, body: object]>;

const root = (name: string, configuration = "ok") =>
  [200, { service: `Building Vitals ${name}`, version: "1", endpoints: {}, configuration }] as const;

const GATE = { gate: "5f1c0a9e8b7d6c5f", permits_last_minute: 1, paused_until: null };

/** The responses of all Workers, by path, when there is no problem. */
const HEALTHY: Responses = {
  "/backfill/sites": [200, { sites: [] }],
  "/backfill/status": [200, STATUS],
  "/backfill/days": [
    200,
    { days: [{ date: "2024-01-01", site: "site_a", status: "completed" }, { status: "pending" }] },
  ],
  "/timeseries/days": [200, { days: [{ date: "2024-01-01", state: "present", storage_tiers: ["hot"] }] }],
  "/backfill/gate": [200, GATE],
  "/gate": [200, GATE],
  "/health": [200, { status: "ok", database: "connected" }],
  "/status": [200, syncStatus()],
};

let responses: Responses = {};
const server = createServer(({ url = "" }, response) => {
  const [status, body] = responses[new URL(url, "http://a").pathname] ?? [404, { error: "Not found" }];
  response.writeHead(status).end(JSON.stringify(body));
});
let url = "";
beforeEach(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await once(server.close(), "close");
});

async function backfillFindings(other: Responses): Promise<string> {
  responses = { ...HEALTHY, "/": root("Backfill Worker"), ...other };
  return textOf((await checkBackfill(new BackfillClient(url, "t"))).findings);
}

async function queryFindings(other: Responses): Promise<string> {
  responses = { ...HEALTHY, "/": root("Query Worker"), ...other };
  return textOf(await checkQuery(new QueryClient(url, "t"), "site_a"));
}

async function archiveFindings(other: Responses): Promise<string> {
  responses = { ...HEALTHY, ...other };
  return textOf(await checkArchive(new BackfillClient(url, "t"), new QueryClient(url, "t"), STATUS));
}

async function etlFindings(other: Responses): Promise<string> {
  responses = { ...HEALTHY, "/": root("ETL Sync Worker"), ...other };
  return textOf((await checkEtl(new EtlClient(url, "t"))).findings);
}

async function sharedFindings(other: Responses, status = syncStatus()): Promise<string> {
  responses = { ...HEALTHY, "/backfill/sites": [200, { sites: [{ site: "ses_falls_city" }] }], ...other };
  return textOf(await checkShared(new BackfillClient(url, "t"), new EtlClient(url, "t"), status));
}

/** A line per finding, with its advice in brackets. */
const textOf = (findings: readonly { level: string; message: string; advice?: string }[]) =>
  findings
    .map(({ level, message, advice }) => `${level} ${message}${advice === undefined ? "" : ` [${advice}]`}`)
    .join("\n");

it("has no failures when there is no problem", async () => {
  expect(await backfillFindings({})).not.toContain("FAIL");
  expect(await queryFindings({})).not.toContain("FAIL");
  expect(await archiveFindings({})).toBe(
    "OK 2024-01-01 of site_a: archived by the Backfill Worker, and found by the Query Worker",
  );
});

it("detects another Worker, and skips the further checks", async () => {
  const text = await backfillFindings({ "/": root("Query Worker") });
  expect(text).toMatch(
    /^FAIL \S+ responds with 200, but is not the Backfill Worker: Building Vitals Query Worker \[Set/,
  );
  expect(text.split("\n")).toHaveLength(1);
});

it("names what a site left out of its list of points", async () => {
  const warnings = [{ kind: "points-skipped", count: 1, message: "1 entry has no name" }];
  const sites = STATUS.sites.map((site) => ({ ...site, warnings }));
  expect(await backfillFindings({ "/backfill/status": [200, { ...STATUS, sites }] })).toContain(
    `${STATUS.sites[0]?.site}: 1 entry has no name`,
  );
});

it("lists what is wrong with the configuration, and does not call it valid", async () => {
  const invalid = [500, { error: "Configuration invalid", details: ["SITE_NAME is not set"] }] as const;
  const text = await backfillFindings({
    "/": root("Backfill Worker", "invalid"),
    "/backfill/sites": invalid,
  });
  expect(text).toContain("Configuration invalid\n  SITE_NAME is not set [Fix the problem above");
  expect(text).not.toContain("its configuration is valid");
});

it("tells which key is wrong", async () => {
  const forbidden = [403, { error: "Forbidden" }] as const;
  expect(await backfillFindings({ "/backfill/sites": forbidden })).toMatch(
    /FAIL .*403.*\[.*BACKFILL_API_KEY/,
  );
  expect(await queryFindings({ "/timeseries/days": forbidden })).toMatch(/FAIL .*403.*\[.*QUERY_API_KEY/);
});

it("shows the Worker's hint, or where its log is; never the doctor itself", async () => {
  const tables = [503, { error: "Hot storage has no tables", hint: "Create them: npx wrangler" }] as const;
  expect(await queryFindings({ "/timeseries/days": tables })).toContain("[Create them: npx wrangler]");
  const text = await backfillFindings({ "/backfill/sites": [500, { error: "Internal error" }] });
  expect(text).toContain("[Its log is in the terminal in which the Worker runs.]");
});

it("finds that the Workers do not use the same bucket, or that one rejects the request", async () => {
  const missing = [200, { days: [{ date: "2024-01-01", state: "missing" }] }] as const;
  expect(await archiveFindings({ "/timeseries/days": missing })).toMatch(
    /^FAIL .*\[Both wrangler-\*.toml must name/,
  );
  expect(await archiveFindings({ "/backfill/days": [503, { error: "Busy" }] })).toMatch(/^FAIL .*503.*Busy/);
  expect(await archiveFindings({ "/backfill/days": [200, { days: [{ status: "pending" }] }] })).toBe("");
});

it("has no failures when the live sync has no problem", async () => {
  const text = await etlFindings({});
  expect(text).not.toMatch(/FAIL|WARN/);
  expect(text).toContain("OK ETL Sync Worker: D1 responds and has its tables");
  expect(text).toContain("OK ses_falls_city: live, 4:27 behind (current)");
  expect(await sharedFindings({})).toBe(
    "OK The Backfill Worker and the ETL Sync Worker share one rate gate, so one limit for the API\nOK Both Workers have the same sites",
  );
  const live = await checkHot(new QueryClient(url, "t"), syncStatus());
  expect(textOf(live)).toBe("OK ses_falls_city: the Query Worker finds the live samples of 2025-10-14 in D1");
});

it("names the command that creates the tables of D1, and still looks at the sites", async () => {
  const tables = [503, { error: "Hot storage has no tables", hint: "Create them: npx wrangler" }] as const;
  const text = await etlFindings({ "/health": tables });
  expect(text).toMatch(/FAIL .*503.*Hot storage has no tables \[Create them: npx wrangler\]/);
  expect(text).toContain("OK ses_falls_city: live");
});

it("tells that the token of the live sync is wrong", async () => {
  const text = await etlFindings({ "/gate": [403, { error: "Forbidden" }] });
  expect(text).toMatch(/FAIL .*403.*\[.*ETL_API_KEY/);
});

it("finds halted, late and silent sites of the live sync, its alerts and failed due days", async () => {
  const sites = [
    siteSync({ site: "a", state: "halted", halt_reason: "the key is not good" }),
    siteSync({ site: "b", state: "catching-up", lag_seconds: 3_600 }),
    siteSync({ site: "c", state: "starting", lag_seconds: null }),
  ];
  const text = await etlFindings({
    "/status": [200, syncStatus({ sites, sites_unreachable: ["d"], warnings: ["26 sites are configured"] })],
  });
  expect(text).toContain(
    "FAIL a has halted: the key is not good [Fix the problem, and let the site try again: npx bv-backfill sync --now --site a]",
  );
  expect(text).toContain("WARN b: live, 1:00:00 behind (catching-up)");
  expect(text).toContain("WARN c: nothing has been synced yet");
  expect(text).toContain("FAIL d: its Durable Object of the live sync is not responding");
  expect(text).toContain("WARN 26 sites are configured");
});

it("finds that the Workers count their requests at different gates, and shows neither key nor gate", async () => {
  const text = await sharedFindings({ "/gate": [200, { ...GATE, gate: "0000000000000000" }] });
  expect(text).toMatch(/^FAIL .*different rate gates.*\[Set the same ACE_API_KEY for both:/);
  expect(text).toContain("script_name");
  expect(text).not.toMatch(/5f1c|0000/);
});

it("finds sites that only one of the Workers has", async () => {
  const sites = [{ site: "ses_falls_city" }, { site: "old" }];
  const text = await sharedFindings(
    { "/backfill/sites": [200, { sites }] },
    syncStatus({ sites_unreachable: ["new"] }),
  );
  expect(text).toContain(
    "FAIL Not configured in the Backfill Worker, so that their days are never archived: new",
  );
  expect(text).toContain("WARN Not configured in the ETL Sync Worker, so without live data: old");
});

it("finds that the Query Worker reads another database than the live sync writes", async () => {
  const cold = [200, { days: [{ date: "2025-10-14", state: "missing", storage_tiers: [] }] }] as const;
  responses = { ...HEALTHY, "/timeseries/days": cold };
  const found = await checkHot(new QueryClient(url, "t"), syncStatus());
  expect(textOf(found)).toMatch(/^FAIL .*finds none in D1 \[.*must name the same D1 database/);
  const none = syncStatus({ sites: [siteSync({ newest_sample: null })] });
  expect(await checkHot(new QueryClient(url, "t"), none)).toEqual([]);
});

it("only warns where the address of the ETL Sync Worker is not known", () => {
  const unknown = new EtlAddressUnknown("where is it?", "Set its address in ETL_URL.");
  expect(etlUnknown(unknown)).toMatchObject({ level: "WARN", advice: "Set its address in ETL_URL." });
  const key = new CommandError("the key has spaces", "Set it without.", { exitCode: EXIT.usage });
  expect(() => etlUnknown(key)).toThrow("the key has spaces");
  expect(() => etlUnknown(new Error("a bug"))).toThrow("a bug");
});

it("says whether proxy variables are used, and warns where that is wrong", () => {
  const names = [
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
  ];
  for (const name of [...names, "NO_PROXY", "NODE_USE_ENV_PROXY", "NODE_OPTIONS"])
    vi.stubEnv(name, undefined);
  const found = (at: string) => textOf(checkProxy({ name: "Query Worker", url: at, token: undefined }));
  const [deployed, local] = ["https://query.example.com", "http://localhost:8789"];
  expect([found(deployed), found(local)]).toEqual(["", ""]);
  vi.stubEnv("HTTP_PROXY", "http://user:secret@proxy:3128");
  expect(found(local)).toBe("OK Query Worker: HTTP_PROXY is set and not used, requests go there directly");
  expect(found(deployed)).toMatch(/^WARN .*HTTP_PROXY is set and not used.*\[.*NODE_USE_ENV_PROXY=1\.\]$/);
  vi.stubEnv("NODE_USE_ENV_PROXY", "1");
  expect(found(deployed)).toBe(
    "OK Query Worker: requests go through the proxy http://proxy:3128 (HTTP_PROXY)",
  );
  expect(found(local)).toMatch(
    /^WARN .*the proxy http:\/\/proxy:3128 .*\[.*127\.0\.0\.1,localhost to NO_PROXY\.\]$/,
  );
  vi.unstubAllEnvs();
});
