import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { test } from "vitest";
import { wranglerProcessEnv } from "../../local/stack/stack.ts";

const ROOT = join(import.meta.dirname, "../..");

/** An environment, the top level being none, and what its Workers are bound to. */
const ENVIRONMENTS = [
  {
    name: "top level",
    sites: "ses_falls_city",
    namespace: "local",
    bucket: "building-vitals-local",
    database: "building-vitals-hot-local",
    maxDays: "10",
    backfill: "building-vitals-backfill-local",
  },
  {
    name: "production",
    sites: "ses_falls_city,building_a",
    namespace: "fa5e24f3f2ed4e3489a299e28f1bffaa",
    bucket: "ace-timeseries",
    database: "ace-timeseries-hot",
    maxDays: "10",
    backfill: "building-vitals-backfill",
  },
  {
    name: "development",
    sites: "test_site",
    namespace: "00000000000000000000000000000000",
    bucket: "ace-timeseries-dev",
    database: "ace-timeseries-hot-dev",
    maxDays: "5",
    backfill: "building-vitals-backfill-dev",
  },
] as const;
type Environment = (typeof ENVIRONMENTS)[number];

type Bindings = Readonly<Record<string, string>>;
const WORKERS = ["backfill", "etl", "query"] as const;

function expectedOf(environment: Environment): Record<(typeof WORKERS)[number], Bindings> {
  const { namespace: ETL_STATE, bucket: R2, database: D1, sites, maxDays, backfill } = environment;
  const SITE_NAME = `"${sites}"`;
  const ACE_API_BASE = '"https://flightdeck.aceiot.cloud/api"';
  return {
    backfill: {
      COORDINATOR: "CoordinatorObject",
      SITE_BACKFILL: "SiteBackfillObject",
      RATE_GATE: "RateGateObject",
      ETL_STATE,
      R2,
      D1,
      ACE_API_BASE,
      SITE_NAME,
      MAX_DAYS_PER_REQUEST: `"${maxDays}"`,
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
    },
    etl: {
      SITE_SYNC: "SiteSyncObject",
      RATE_GATE: `RateGateObject, defined in ${backfill}`,
      SITE_BACKFILL: `SiteBackfillObject, defined in ${backfill}`,
      ETL_STATE,
      D1,
      ACE_API_BASE,
      SITE_NAME,
      HOT_DAYS: '"20"',
      FIRST_SYNC_HOURS: '"24"',
      ARCHIVE_AFTER_HOURS: '"6"',
      ALLOWED_ORIGINS: '""',
    },
    query: { R2, D1, HOT_DAYS: '"20"', ALLOWED_ORIGINS: '""' },
  };
}

test.concurrent("wrangler reads every binding and variable of each environment", async ({ expect }) => {
  const names = ENVIRONMENTS.map(({ name }) => (name === "top level" ? undefined : name));
  expect(await readBindings(names)).toEqual(ENVIRONMENTS.map(expectedOf));
});

// An environment without bindings exits with 0 too, so that only the listed bindings count.
test.concurrent("a dry run of the deployment to production builds the dashboard, lists every binding and variable, and needs no home folder", async ({
  expect,
}) => {
  const { XDG_CONFIG_HOME: _, XDG_CACHE_HOME: __, ...env } = process.env;
  // Not even root can create a folder there.
  const home = { HOME: "/dev/null/home", USERPROFILE: "/dev/null/home", npm_config_cache: tmpdir() };
  const run = promisify(execFile)("npm", ["run", "deploy:dry-run"], { cwd: ROOT, env: { ...env, ...home } });
  const { stdout } = await run;
  expect(stdout).toMatch(/\[custom build\] Running: .*dashboard/);
  const [backfill = "", etl = "", query = "", ...rest] = stdout.split("--dry-run: exiting now");
  expect({ backfill: listed(backfill), etl: listed(etl), query: listed(query) }).toEqual(
    expectedOf(ENVIRONMENTS[1]),
  );
  expect(rest).toHaveLength(1);
});

test.concurrent("an environment that does not exist is refused", async ({ expect }) => {
  await expect(dryRun("wrangler-backfill.toml", "staging")).rejects.toThrow(/staging/);
});

test.concurrent("no deployment is without the dashboard: where its build step fails, the deployment does", async ({
  expect,
}) => {
  // The step runs `node`, which is not found.
  const deployed = dryRun("wrangler-backfill.toml", "production", { PATH: "" });
  await expect(deployed).rejects.toThrow(/Running custom build .*dashboard.* failed/);
});

/** The bindings and variables that `wrangler deploy --dry-run` lists, by name. */
function listed(stdout: string): Bindings {
  const lines = [...stdout.matchAll(/^env\.(\w+) \((.*)\) {2,}\S/gm)];
  return Object.fromEntries(lines.map(([, name = "", resource = ""]) => [name, resource]));
}

async function dryRun(toml: string, environment: string, env: Readonly<Record<string, string>> = {}) {
  const wrangler = join(
    dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
    "bin/wrangler.js",
  );
  const config = ["-c", join(ROOT, "workers", toml), "--env", environment];
  await inFolder((outdir) =>
    promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", outdir, ...config], {
      cwd: ROOT,
      env: { ...process.env, ...wranglerProcessEnv(outdir), ...env },
    }),
  );
}

/** Each Worker's bindings in each environment, as wrangler reads them for a deployment, in the words of its list. */
async function readBindings(environments: readonly (string | undefined)[]): Promise<unknown> {
  const code = `
    import { unstable_readConfig } from "wrangler";
    const listed = (config) => Object.fromEntries([
      ...config.durable_objects.bindings.map(({ name, class_name, script_name }) =>
        [name, script_name ? class_name + ", defined in " + script_name : class_name]),
      ...config.kv_namespaces.map(({ binding, id }) => [binding, id]),
      ...config.r2_buckets.map(({ binding, bucket_name }) => [binding, bucket_name]),
      ...config.d1_databases.map(({ binding, database_name }) => [binding, database_name]),
      ...Object.entries(config.vars).map(([name, value]) => [name, JSON.stringify(value)]),
    ]);
    const read = (env) => Object.fromEntries(${JSON.stringify(WORKERS)}.map((worker) =>
      [worker, listed(unstable_readConfig({ config: "workers/wrangler-" + worker + ".toml", env: env ?? undefined }))]));
    process.stdout.write("\\n" + JSON.stringify(${JSON.stringify(environments)}.map(read)));`;
  const { stdout } = await inFolder((folder) =>
    promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], {
      cwd: ROOT,
      env: { ...process.env, ...wranglerProcessEnv(folder) },
    }),
  );
  return JSON.parse(stdout.split("\n").at(-1) ?? "");
}

async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "backfill-deploy-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
