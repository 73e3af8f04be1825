import { configOf, consoleLog, type Env } from "./cloudflare/env.ts";
import { coordinatorOf } from "./cloudflare/objects.ts";
import { wallClock } from "./cloudflare/storage.ts";
import { createApp } from "./http/app.ts";

export { CoordinatorObject, RateGateObject, SiteBackfillObject } from "./cloudflare/objects.ts";

const app = createApp<Env>({
  backfill: (env) => coordinatorOf(env),
  clock: wallClock,
  log: consoleLog,
  version: "1.0.0",
});

export default {
  fetch: (request: Request, env: Env, context: ExecutionContext) => app.fetch(request, env, context),

  /** The last watchdog: whatever has become of the alarms, the Coordinator looks at its sites again. */
  async scheduled(_: ScheduledController, env: Env): Promise<void> {
    configOf(env);
    await coordinatorOf(env).wake();
  },
};
