import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BackfillClient, QueryClient } from "../../client/client.ts";
import { STATUS } from "../../test/support/cli-status.ts";
import { checkBackfill } from "./check-backfill.ts";
import { checkProxy } from "./check-proxy.ts";
import { checkArchive, checkQuery } from "./check-query.ts";

type Responses = Record<string, readonly [status: number, body: object]>;

const root = (name: string, configuration = "ok") =>
  [200, { service: `Building Vitals ${name}`, version: "1", endpoints: {}, configuration }] as const;

/** The responses of both Workers, by path, when there is no problem. */
const HEALTHY: Responses = {
  "/backfill/sites": [200, { sites: [] }],
  "/backfill/status": [200, STATUS],
  "/backfill/days": [
    200,
    { days: [{ date: "2024-01-01", site: "site_a", status: "completed" }, { status: "pending" }] },
  ],
  "/timeseries/days": [200, { days: [{ date: "2024-01-01", state: "present" }] }],
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
