import { withTimeout } from "../../concurrency/concurrency.ts";
import type { UtcDay } from "../../domain/day.ts";
import type { SyncContext } from "../context.ts";
import { getState, setState } from "../state/state.ts";
import { dueDays } from "./due-days.ts";

/** An object that is being replaced answers within seconds; one that does not is asked again in the next sync. */
const ANSWER_MS_MAX = 10_000;

/** Tells the site's backfill which days are due, and learns how far they are. `days` are those of hot storage. */
export async function exchangeDueDays(context: SyncContext, days: readonly UtcDay[]): Promise<void> {
  const { archive, clock, config, log, site, store } = context;
  const rollOvers = store.tx((sql) => getState(sql, "rollOvers"));
  const due = dueDays(days, rollOvers, config, clock.now());
  const options = { site, ...(days[0] === undefined ? {} : { hotFrom: days[0] }) };
  try {
    const report = await withTimeout(clock, ANSWER_MS_MAX, () => archive.setDue(due, options));
    store.tx((sql) => setState(sql, "due", { at: clock.now(), report }));
  } catch (error) {
    log("WARN", "The site's backfill did not answer about due days", { site, error: String(error) });
  }
}
