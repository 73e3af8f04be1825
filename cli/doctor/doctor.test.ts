import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BackfillClient, QueryClient } from "../../client/client.ts";
import { STATUS } from "../../test/support/cli-status.ts";
import { lookAtBackfill } from "./look-at-backfill.ts";
import { lookAtArchive, lookAtQuery } from "./look-at-query.ts";

type Answers = Record<string, readonly [status: number, body: object]>;

const root = (name: string, configuration = "ok") =>
  [200, { service: `Building Vitals ${name}`, version: "1", endpoints: {}, configuration }] as const;

/** Of both Workers, by path, as they are when all is well. */
const WELL: Answers = {
  "/backfill/errors": [200, { count: 0, errors: [] }],
  "/backfill/status": [200, STATUS],
  "/backfill/days": [
    200,
    { days: [{ date: "2024-01-01", site: "site_a", status: "completed" }, { status: "pending" }] },
  ],
  "/timeseries/days": [200, { days: [{ date: "2024-01-01", state: "present" }] }],
};

let answers: Answers = {};
const server = createServer(({ url = "" }, response) => {
  const [status, body] = answers[new URL(url, "http://a").pathname] ?? [404, { error: "Not found" }];
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

async function backfillSays(other: Answers): Promise<string> {
  answers = { ...WELL, "/": root("Backfill Worker"), ...other };
  return textOf((await lookAtBackfill(new BackfillClient(url, "t"))).findings);
}

async function querySays(other: Answers): Promise<string> {
  answers = { ...WELL, "/": root("Query Worker"), ...other };
  return textOf(await lookAtQuery(new QueryClient(url, "t"), "site_a"));
}

async function archiveSays(other: Answers): Promise<string> {
  answers = { ...WELL, ...other };
  return textOf(await lookAtArchive(new BackfillClient(url, "t"), new QueryClient(url, "t"), STATUS));
}

/** A line a finding, its advice in brackets. */
const textOf = (findings: readonly { level: string; what: string; advice?: string }[]) =>
  findings
    .map(({ level, what, advice }) => `${level} ${what}${advice === undefined ? "" : ` [${advice}]`}`)
    .join("\n");

it("fails nothing where all is well", async () => {
  expect(await backfillSays({})).not.toContain("FAIL");
  expect(await querySays({})).not.toContain("FAIL");
  expect(await archiveSays({})).toBe(
    "OK 2024-01-01 of site_a: archived by the one Worker, and found by the other",
  );
});

it("tells a Worker from another one, and asks it no more", async () => {
  const says = await backfillSays({ "/": root("Query Worker") });
  expect(says).toMatch(
    /^FAIL \S+ answers 200, and is no Backfill Worker: Building Vitals Query Worker \[Give/,
  );
  expect(says.split("\n")).toHaveLength(1);
});

it("names what the configuration lacks, and doesn't call it whole", async () => {
  const invalid = [500, { error: "Configuration invalid", details: ["SITE_NAME is not set"] }] as const;
  const says = await backfillSays({
    "/": root("Backfill Worker", "invalid"),
    "/backfill/errors": invalid,
  });
  expect(says).toContain("Configuration invalid\n  SITE_NAME is not set [Fix the problem above");
  expect(says).not.toContain("its configuration is whole");
});

it("says whose key is wrong", async () => {
  const forbidden = [403, { error: "Forbidden" }] as const;
  expect(await backfillSays({ "/backfill/errors": forbidden })).toMatch(/FAIL .*403.*\[.*BACKFILL_API_KEY/);
  expect(await querySays({ "/timeseries/days": forbidden })).toMatch(/FAIL .*403.*\[.*QUERY_API_KEY/);
});

it("passes on what the Worker says would help, and else where its log is; never itself", async () => {
  const tables = [503, { error: "Hot storage has no tables", hint: "Create them: npx wrangler" }] as const;
  expect(await querySays({ "/timeseries/days": tables })).toContain("[Create them: npx wrangler]");
  const says = await backfillSays({ "/backfill/errors": [500, { error: "Internal error" }] });
  expect(says).toContain("[To see its log, run: npx wrangler tail -c workers/wrangler-backfill.toml]");
});

it("finds that the Workers have not the same bucket, or that the one won't tell", async () => {
  const missing = [200, { days: [{ date: "2024-01-01", state: "missing" }] }] as const;
  expect(await archiveSays({ "/timeseries/days": missing })).toMatch(/^FAIL .*\[Both tomls must name/);
  expect(await archiveSays({ "/backfill/days": [503, { error: "Busy" }] })).toMatch(/^FAIL .*503.*Busy/);
  expect(await archiveSays({ "/backfill/days": [200, { days: [{ status: "pending" }] }] })).toBe("");
});
