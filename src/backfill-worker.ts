import { configOf, consoleLog, type Env } from "./cloudflare/env.ts";
import { backfillOf, coordinatorOf } from "./cloudflare/objects.ts";
import { wallClock } from "./cloudflare/storage.ts";
import { createBackfillApp } from "./http/backfill/backfill.ts";

export { RateGateObject } from "./cloudflare/gate-object.ts";
export { CoordinatorObject, SiteBackfillObject } from "./cloudflare/objects.ts";

const app = createBackfillApp<Env>({
  backfill: backfillOf,
  clock: wallClock,
  log: consoleLog,
  version: "1.0.0",
});

export default {
  fetch: (request: Request, env: Env, context: ExecutionContext) => app.fetch(request, env, context),

  /** The last watchdog: whatever has become of the alarms, the Coordinator looks at its sites again. */
  async scheduled(_: ScheduledController, env: Env): Promise<void> {
    try {
      configOf(env);
    } catch (fault) {
      // Said where operators look. The alarms, which have the same trouble, are tried again by themselves.
      consoleLog("ERROR", "The watchdog can't check the sites", { error: (fault as Error).message });
      return;
    }
    await coordinatorOf(env).wake();
  },
};
