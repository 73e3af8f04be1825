import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { wranglerProcessEnv } from "../../local/stack/stack.ts";

const ROOT = join(import.meta.dirname, "../..");

// An environment without bindings exits with 0 too, so that only the listed bindings count.
test.concurrent.for([
  {
    name: "the top level, which is no environment's",
    flags: [],
    sites: "ses_falls_city",
    namespace: "local",
    bucket: "building-vitals-local",
    database: "building-vitals-hot-local",
    maxDays: "10",
  },
  {
    name: "production",
    flags: ["--env", "production"],
    sites: "ses_falls_city,building_a",
    namespace: "fa5e24f3f2ed4e3489a299e28f1bffaa",
    bucket: "ace-timeseries",
    database: "ace-timeseries-hot",
    maxDays: "10",
  },
  {
    name: "development",
    flags: ["--env", "development"],
    sites: "test_site",
    namespace: "00000000000000000000000000000000",
    bucket: "ace-timeseries-dev",
    database: "ace-timeseries-hot-dev",
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
      D1: environment.database,
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
  {
    name: "the top level",
    flags: [],
    bucket: "building-vitals-local",
    database: "building-vitals-hot-local",
  },
  {
    name: "production",
    flags: ["--env", "production"],
    bucket: "ace-timeseries",
    database: "ace-timeseries-hot",
  },
  {
    name: "development",
    flags: ["--env", "development"],
    bucket: "ace-timeseries-dev",
    database: "ace-timeseries-hot-dev",
  },
])(
  "a dry run of the Query Worker's deployment of $name lists every binding and variable",
  async (environment, { expect }) => {
    expect(await bindingsOf("wrangler-query.toml", environment.flags)).toEqual({
      R2: environment.bucket,
      D1: environment.database,
      HOT_DAYS: '"20"',
      ALLOWED_ORIGINS: '""',
    });
  },
);

test.concurrent.for([
  {
    name: "the top level",
    flags: [],
    sites: "ses_falls_city",
    namespace: "local",
    database: "building-vitals-hot-local",
    backfill: "building-vitals-backfill-local",
  },
  {
    name: "production",
    flags: ["--env", "production"],
    sites: "ses_falls_city,building_a",
    namespace: "fa5e24f3f2ed4e3489a299e28f1bffaa",
    database: "ace-timeseries-hot",
    backfill: "building-vitals-backfill",
  },
  {
    name: "development",
    flags: ["--env", "development"],
    sites: "test_site",
    namespace: "00000000000000000000000000000000",
    database: "ace-timeseries-hot-dev",
    backfill: "building-vitals-backfill-dev",
  },
])(
  "a dry run of the ETL Sync Worker's deployment of $name uses the gate and the sites of its Backfill Worker",
  async (environment, { expect }) => {
    expect(await bindingsOf("wrangler-etl.toml", environment.flags)).toEqual({
      SITE_SYNC: "SiteSyncObject",
      RATE_GATE: `RateGateObject, defined in ${environment.backfill}`,
      SITE_BACKFILL: `SiteBackfillObject, defined in ${environment.backfill}`,
      ETL_STATE: environment.namespace,
      D1: environment.database,
      ACE_API_BASE: '"https://flightdeck.aceiot.cloud/api"',
      SITE_NAME: `"${environment.sites}"`,
      HOT_DAYS: '"20"',
      FIRST_SYNC_HOURS: '"24"',
      ARCHIVE_AFTER_HOURS: '"6"',
      ALLOWED_ORIGINS: '""',
    });
  },
);

test("an environment that does not exist is refused", async () => {
  await expect(bindingsOf("wrangler-backfill.toml", ["--env", "staging"])).rejects.toThrow(/staging/);
});

test.concurrent("no deployment is without the dashboard: where its build step fails, the deployment does", async ({
  expect,
}) => {
  // The step runs `node`, which is not found.
  const deployed = bindingsOf("wrangler-backfill.toml", ["--env", "production"], { PATH: "" });
  await expect(deployed).rejects.toThrow(/Running custom build .*dashboard.* failed/);
});

test.concurrent("the dry run needs no home folder", async ({ expect }) => {
  const { XDG_CONFIG_HOME: _, XDG_CACHE_HOME: __, ...env } = process.env;
  // Not even root can create a folder there.
  const home = { HOME: "/dev/null/home", USERPROFILE: "/dev/null/home", npm_config_cache: tmpdir() };
  const run = promisify(execFile)("npm", ["run", "deploy:dry-run"], { cwd: ROOT, env: { ...env, ...home } });
  expect((await run).stdout).toMatch(/env\.SITE_NAME .*building_a[\s\S]*--dry-run: exiting now/);
});

/** The bindings and variables, after the dashboard was built, that `wrangler deploy --dry-run` lists, by name. */
async function bindingsOf(
  toml: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
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
      { cwd: ROOT, env: { ...process.env, ...wranglerProcessEnv(outdir), ...env } },
    );
    if (toml === "wrangler-backfill.toml") expect(stdout).toMatch(/\[custom build\] Running: .*dashboard/);
    const lines = [...stdout.matchAll(/^env\.(\w+) \((.*)\) {2,}\S/gm)];
    return Object.fromEntries(lines.map(([, name = "", resource = ""]) => [name, resource]));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
