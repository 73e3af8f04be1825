import { etlOf } from "./cloudflare/etl-api.ts";
import { type EtlEnv, etlConfigOf, etlLog } from "./cloudflare/etl-env.ts";
import { wallClock } from "./cloudflare/storage.ts";
import { siteSyncOf } from "./cloudflare/sync-objects.ts";
import { createEtlApp } from "./http/etl/etl.ts";

export { SiteSyncObject } from "./cloudflare/sync-objects.ts";

const app = createEtlApp<EtlEnv>({ etl: etlOf, clock: wallClock, log: etlLog, version: "1.0.0" });

export default {
  fetch: (request: Request, env: EtlEnv, context: ExecutionContext) => app.fetch(request, env, context),

  /** Wakes the sites' objects. Once awake they keep to the five minutes by their own alarms. */
  async scheduled(_: ScheduledController, env: EtlEnv): Promise<void> {
    try {
      const { sites } = etlConfigOf(env);
      await Promise.allSettled(sites.map((site) => siteSyncOf(env, site).wake()));
    } catch (fault) {
      etlLog("ERROR", "The sync can't begin", { error: (fault as Error).message });
    }
  },
};
