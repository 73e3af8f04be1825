import { join } from "node:path";
import { wranglerEnv } from "../worker/worker.ts";
import { applyMigrations } from "./hot-migrations.ts";

/** R2, KV and D1 of the Workers, opened in their state directory, also while the Workers run. */
export interface StoredState {
  keys(prefix?: string): Promise<string[]>;
  bytes(key: string): Promise<Uint8Array | undefined>;
  metadata(key: string): Promise<Record<string, string> | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
  /** A value of KV, parsed. */
  kv(key: string): Promise<unknown>;
  kvKeys(prefix?: string): Promise<{ name: string; expiration?: number }[]>;
  /** The hot storage; without tables until `createHotTables`. */
  readonly hot: D1Database;
  close(): Promise<void>;
}

interface Bindings extends Record<string, unknown> {
  readonly R2: R2Bucket;
  readonly ETL_STATE: KVNamespace;
  readonly D1: D1Database;
}

export async function openState(stateDir: string): Promise<StoredState> {
  // wrangler reads them when it is loaded.
  Object.assign(process.env, wranglerEnv(stateDir));
  // wrangler takes a second to load, which only this function needs.
  const { getPlatformProxy } = await import("wrangler");
  const { env, dispose } = await getPlatformProxy<Bindings>({
    configPath: join(import.meta.dirname, "state.toml"),
    // wrangler puts its data in `v3` below what `--persist-to` names; this option names the folder itself.
    persist: { path: join(stateDir, "v3") },
    envFiles: [],
    remoteBindings: false,
  });
  const { R2, ETL_STATE, D1 } = env;
  return {
    async keys(prefix = "") {
      const keys: string[] = [];
      for (let cursor: string | undefined, more = true; more; ) {
        const page = await R2.list({ prefix, ...(cursor ? { cursor } : {}) });
        keys.push(...page.objects.map((object) => object.key));
        more = page.truncated;
        cursor = page.truncated ? page.cursor : undefined;
      }
      return keys;
    },
    async bytes(key) {
      const object = await R2.get(key);
      return object ? new Uint8Array(await object.arrayBuffer()) : undefined;
    },
    async metadata(key) {
      return (await R2.head(key))?.customMetadata;
    },
    async put(key, bytes) {
      await R2.put(key, bytes);
    },
    async remove(key) {
      await R2.delete(key);
    },
    kv: (key) => ETL_STATE.get(key, "json"),
    async kvKeys(prefix = "") {
      const { keys } = await ETL_STATE.list({ prefix });
      return keys.map(({ name, expiration }) => ({ name, ...(expiration ? { expiration } : {}) }));
    },
    hot: D1,
    close: dispose,
  };
}

/** Creates the tables of the hot storage in a state directory, or brings them up to date. */
export async function createHotTables(stateDir: string): Promise<void> {
  const state = await openState(stateDir);
  try {
    await applyMigrations(state.hot);
  } finally {
    await state.close();
  }
}
