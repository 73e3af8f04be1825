import type { EtlApi } from "../contract/etl-api.ts";
import type { EtlConfig } from "../domain/etl-config.ts";
import { syncApi } from "../etl/etl.ts";
import { D1Hot } from "./d1-hot.ts";
import type { EtlEnv } from "./etl-env.ts";
import { gateOf } from "./gate.ts";
import { wallClock } from "./storage.ts";
import { siteSyncOf } from "./sync-objects.ts";

/** The ETL Sync Worker behind the bindings of `env`. */
export function etlOf(env: EtlEnv, config: EtlConfig): EtlApi {
  return syncApi({
    config,
    clock: wallClock,
    hot: new D1Hot(env.D1),
    site: (name) => siteSyncOf(env, name),
    gate: () => gateOf(env).view(),
  });
}
