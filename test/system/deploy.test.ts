import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

const PRODUCTION = { namespace: "fa5e24f3f2ed4e3489a299e28f1bffaa", bucket: "ace-timeseries", maxDays: "10" };

// An environment without bindings exits with 0 too, so that only the listed bindings count.
test.concurrent.for([
  { name: "the top level", flags: [], sites: "ses_falls_city", ...PRODUCTION },
  { name: "production", flags: ["--env", "production"], sites: "ses_falls_city,building_a", ...PRODUCTION },
  {
    name: "development",
    flags: ["--env", "development"],
    sites: "test_site",
    namespace: "00000000000000000000000000000000",
    bucket: "ace-timeseries-dev",
    maxDays: "5",
  },
])(
  "a dry run of the Backfill Worker's deployment of $name lists every binding and variable",
  async (environment, { expect }) => {
    const listed = await bindingsOf("wrangler-backfill.toml", environment.flags);
    expect(listed).toEqual({
      COORDINATOR: "CoordinatorObject",
      SITE_BACKFILL: "SiteBackfillObject",
      RATE_GATE: "RateGateObject",
      ETL_STATE: environment.namespace,
      R2: environment.bucket,
      ACE_API_BASE: '"https://flightdeck.aceiot.cloud/api"',
      SITE_NAME: `"${environment.sites}"`,
      MAX_DAYS_PER_REQUEST: `"${environment.maxDays}"`,
      PROCESS_TIMEOUT_MS: '"60000"',
      ACE_TIMEOUT_MS: '"30000"',
      REQUESTS_PER_MINUTE: '"50"',
      PAGE_SIZE: '"50000"',
      MAX_RETRIES: '"3"',
      RETRY_BASE_DELAY_MS: '"2000"',
      ROW_GROUP_SIZE: '"10000"',
      ALLOWED_ORIGINS: '""',
      ALERT_STUCK_HOURS: '"2"',
      ALERT_FAILED_PERCENT: '"10"',
      ALERT_UPLOAD_FAILURES: '"5"',
      ALERT_RATE_LIMITS_PER_HOUR: '"10"',
    });
  },
);

test.concurrent.for([
  { name: "the top level", flags: [], suffix: "" },
  { name: "production", flags: ["--env", "production"], suffix: "" },
  { name: "development", flags: ["--env", "development"], suffix: "-dev" },
])(
  "a dry run of the Query Worker's deployment of $name lists every binding and variable",
  async (environment, { expect }) => {
    expect(await bindingsOf("wrangler-query.toml", environment.flags)).toEqual({
      R2: `ace-timeseries${environment.suffix}`,
      D1: `ace-timeseries-hot${environment.suffix}`,
      HOT_DAYS: '"20"',
      ALLOWED_ORIGINS: '""',
    });
  },
);

test("an environment that does not exist is refused", async () => {
  await expect(bindingsOf("wrangler-backfill.toml", ["--env", "staging"])).rejects.toThrow(/staging/);
});

/** The bindings and variables that `wrangler deploy --dry-run` lists, by name. */
async function bindingsOf(toml: string, flags: readonly string[]): Promise<Record<string, string>> {
  const wrangler = join(
    dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
    "bin/wrangler.js",
  );
  const outdir = mkdtempSync(join(tmpdir(), "backfill-deploy-"));
  const config = ["-c", join(ROOT, "workers", toml)];
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [wrangler, "deploy", "--dry-run", "--outdir", outdir, ...config, ...flags],
      { cwd: ROOT, env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", WRANGLER_SEND_METRICS: "false" } },
    );
    const lines = [...stdout.matchAll(/^env\.(\w+) \((.*)\) {2,}\S/gm)];
    return Object.fromEntries(lines.map(([, name = "", resource = ""]) => [name, resource]));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
