import type { RollupPeriod } from "../../../domain/rollup.ts";
import type { ActionContext } from "../context.ts";
import { etagOf, putEmpty, seeRollup } from "./clear-rollup.ts";
import { collectDay, skipDay } from "./collect-day.ts";
import { mergeRollup } from "./merge-rollup.ts";
import type { RollupStep } from "./next-rollup.ts";
import { putRollup } from "./put-rollup.ts";
import { setRollup } from "./rollup-table.ts";
import { beginStep, PROGRESS, recordStepFailure } from "./step-failures.ts";

const CRASHED = "work on it has ended the Worker three times";

/** Does one step. A step that fails is tried again later. */
export async function stepRollup(context: ActionContext, step: RollupStep): Promise<void> {
  const { period } = step;
  if (beginStep(context, period) === "give up") {
    if (step.do === "collect") skipDay(context, step, "crash", CRASHED);
    else recordStepFailure(context, period, CRASHED);
    return;
  }
  try {
    await perform(context, step);
  } catch (fault) {
    recordStepFailure(context, period, fault instanceof Error ? fault.message : String(fault));
  }
}

function perform(context: ActionContext, step: RollupStep): Promise<void> {
  switch (step.do) {
    case "clear":
      return clear(context, step.period);
    case "check":
      return check(context, step.period);
    case "collect":
      return collectDay(context, step);
    case "merge":
      return mergeRollup(context, step.period);
    case "put":
      return putRollup(context, step.period);
    default:
      return step satisfies never;
  }
}

/** Replaces a roll-up that describes an object which the ledger does not vouch for. */
async function clear(context: ActionContext, period: RollupPeriod): Promise<void> {
  const seen = await seeRollup(context, period);
  if (!seen) throw new Error("its object was written meanwhile");
  const { kind } = seen.head;
  const hasRollup = kind === "rollup" || kind === "unknown";
  if (hasRollup && (await putEmpty(context, period, etagOf(seen.head))).result === "changed")
    throw new Error("its object changed while it was being cleared");
  context.store.tx((sql) =>
    setRollup(sql, period, { ...PROGRESS, object: undefined, ...(!hasRollup && { wrong: undefined }) }),
  );
}

/** Asks whether the roll-up is still there: somebody may have deleted it, and it is made again then. */
async function check(context: ActionContext, period: RollupPeriod): Promise<void> {
  const { log, site, store } = context;
  const seen = await seeRollup(context, period);
  if (!seen) return;
  store.tx((sql) => {
    const { object } = setRollup(sql, period, { ...PROGRESS, checkedAt: seen.checkedAt });
    if (seen.head.kind === "rollup" && seen.head.etag === object?.etag) return;
    const isForeign = seen.head.kind === "rollup" || seen.head.kind === "unknown";
    log("WARN", `The roll-up of ${period} is gone and will be made again`, { site });
    setRollup(sql, period, {
      version: seen.version + 1,
      object: undefined,
      ...(isForeign && { wrong: true }),
    });
  });
}
