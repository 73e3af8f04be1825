import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { wranglerProcessEnv } from "./stack/stack.ts";

// `npm run deploy:dry-run`: bundles the Workers as their deployments do, in their order. It needs no login, and no home
// folder.

/** The ETL Sync Worker uses objects of the Backfill Worker; the Query Worker reads what both write. */
const WORKERS = ["backfill", "etl", "query"];

const ROOT = join(import.meta.dirname, "..");
const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
const wrangler = join(dirname(manifest), "bin/wrangler.js");

for (const worker of WORKERS) {
  const config = ["-c", join(ROOT, `workers/wrangler-${worker}.toml`), "--env", "production"];
  const { status, error } = spawnSync(process.execPath, [wrangler, "deploy", "--dry-run", ...config], {
    cwd: ROOT,
    env: { ...process.env, ...wranglerProcessEnv(join(ROOT, ".state/local")) },
    stdio: "inherit",
  });
  if (error) throw error;
  if (status !== 0) {
    process.exitCode = status ?? 1;
    break;
  }
}
