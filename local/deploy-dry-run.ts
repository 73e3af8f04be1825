import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { wranglerProcessEnv } from "./stack/stack.ts";

// `npm run deploy:dry-run`: bundles the Backfill Worker as its deployment does. It needs no login, and no home folder.

const ROOT = join(import.meta.dirname, "..");
const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
const wrangler = join(dirname(manifest), "bin/wrangler.js");
const config = ["-c", join(ROOT, "workers/wrangler-backfill.toml"), "--env", "production"];

const { status, error } = spawnSync(process.execPath, [wrangler, "deploy", "--dry-run", ...config], {
  cwd: ROOT,
  env: { ...process.env, ...wranglerProcessEnv(join(ROOT, ".state/local")) },
  stdio: "inherit",
});
if (error) throw error;
process.exitCode = status ?? 1;
