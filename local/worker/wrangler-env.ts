import { rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/**
 * Variables with which wrangler writes only into the state directory, because the home may be missing or read-only, and
 * sends nothing.
 */
export function wranglerEnv(stateDir: string): Record<string, string> {
  const folder = join(stateDir, "wrangler");
  return {
    // By this folder a Worker finds another's objects: two stacks on one machine must not find each other's.
    WRANGLER_REGISTRY_PATH: registryPath(stateDir),
    WRANGLER_LOG_PATH: join(folder, "logs"),
    WRANGLER_CACHE_DIR: join(folder, "cache"),
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_CACHE_HOME: join(folder, "cache"),
    WRANGLER_SEND_METRICS: "false",
    // With its banner wrangler asks the npm registry for a newer version, and stores the answer in the folder of temporary files.
    WRANGLER_HIDE_BANNER: "true",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    // wrangler would record every call of a Worker in a database: a quarter of the CPU of a day, and disk space without end.
    X_LOCAL_OBSERVABILITY: "false",
  };
}

const registryPath = (stateDir: string) => join(stateDir, "wrangler/registry");

/**
 * Removes the addresses of Workers that were killed. With them a Worker that starts would call objects of a process that
 * is gone, and wrangler would notice only after half a minute. No Worker of the state directory may be running.
 */
export function forgetWorkers(stateDir: string): void {
  rmSync(registryPath(stateDir), { recursive: true, force: true });
}

/** Hosts of this machine, which no proxy reaches. */
const LOOPBACK = "127.0.0.1,localhost,[::1]";

/** Variables of a `wrangler dev` process: those above, and what it needs whatever the shell has. */
export function wranglerProcessEnv(stateDir: string): Record<string, string> {
  const { PATH = "", NO_PROXY, no_proxy = NO_PROXY } = process.env;
  const noProxy = no_proxy ? `${no_proxy},${LOOPBACK}` : LOOPBACK;
  const home = join(stateDir, "wrangler");
  return {
    ...wranglerEnv(stateDir),
    // A folder ~/.wrangler takes precedence over the folders above.
    HOME: home,
    USERPROFILE: home,
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    // The build step of the Backfill Worker runs `node`.
    PATH: [dirname(process.execPath), PATH].join(delimiter),
  };
}
