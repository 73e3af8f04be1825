import { retryDelayMs } from "../../../ace/client/client.ts";
import type { RollupPeriod } from "../../../domain/rollup.ts";
import type { Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import { logError, type Owner } from "../ledger/ledger.ts";
import { ROLLUP_RETRY_MS_MAX } from "./next-rollup.ts";
import { getRollup, type Rollup, setRollup } from "./rollup-table.ts";

/** In the place of a backfill's id: of errors of roll-ups, which belong to no backfill. */
const OWNER: Owner = { track: "job", backfillId: "rollup", siteIndex: undefined };

/** Steps without progress, after which the work is skipped or waits: they may have crashed the object. */
const ATTEMPTS_MAX = 3;
/** After a few quick retries a step waits 1 min, doubling to 1 h. */
const RETRY_MS = 60_000;

/** To be stored with the progress of a step. */
export const PROGRESS: Partial<Rollup> = {
  attempts: 0,
  failures: 0,
  failure: undefined,
  retryAt: undefined,
};

/** Committed before a step begins. Returns whether so many have begun without progress that this one shall not. */
export function beginStep({ store }: ActionContext, period: RollupPeriod): "try" | "give up" {
  return store.tx((sql) => {
    const { attempts } = getRollup(sql, period);
    setRollup(sql, period, { attempts: attempts >= ATTEMPTS_MAX ? 0 : attempts + 1 });
    return attempts >= ATTEMPTS_MAX ? "give up" : "try";
  });
}

/** The step is tried again later: soon at first, as an upload of a day, and then ever more rarely. */
export function recordStepFailure(context: ActionContext, period: RollupPeriod, message: string): void {
  const { clock, config, log, site, store } = context;
  store.tx((sql) => {
    const failures = getRollup(sql, period).failures + 1;
    const late = failures - config.maxRetries - 1;
    const delayMs =
      late < 0
        ? retryDelayMs(config.retryBaseDelayMs, failures)
        : Math.min(RETRY_MS * 2 ** Math.min(late, 10), ROLLUP_RETRY_MS_MAX);
    setRollup(sql, period, { attempts: 0, failures, failure: message, retryAt: clock.now() + delayMs });
    if (late === 0) logRollupError(context, sql, { reason: "r2", message }, { period });
    else log("WARN", `Work on the roll-up of ${period} failed, try ${failures}`, { site, error: message });
  });
}

/** Stores an error for `GET /backfill/errors`. */
export function logRollupError(
  context: ActionContext,
  sql: Sql,
  { reason, message }: { readonly reason: string; readonly message: string },
  where: Record<string, unknown>,
): void {
  const failure = { reason, message, at: context.clock.now() };
  logError(context, sql, OWNER, failure, { ...where, phase: "rollup" });
}
