import { readAudit } from "../audit/audit.ts";
import { stepRebuild } from "../audit/rebuild.ts";
import { stepVerify } from "../audit/verify.ts";
import type { SiteContext } from "../context.ts";
import { fetchRun, loadPoints } from "../fetch/fetch.ts";
import { currentJob, type Fence, failFetch, getState, showDay, stageDay } from "../ledger/ledger.ts";
import { mergeDay } from "../merge/merge.ts";
import { PARSER_VERSION, windowsOf } from "../plan.ts";
import { publishDay } from "../publish/publish.ts";
import type { Action } from "./next-actions.ts";

/** Does one action to its end: it commits what it came to, or commits nothing because its fence fell. */
export async function perform(
  context: SiteContext,
  fence: Fence,
  action: Action,
): Promise<"day done" | "done"> {
  switch (action.do) {
    case "view":
      await context.outbox.flush();
      return "done";
    case "audit":
      // A day that is none after all reopens its job: the Coordinator has to know.
      if (await stepAudit(context)) await tell(context);
      return "done";
    case "load-points":
      await loadPoints(context, fence);
      await tellIfOver(context);
      return "done";
    case "stage":
      stage(context, fence, action);
      return "done";
    case "fetch": {
      const { stagingId } = action.day;
      const result = await fetchRun(context, fence, action.day, action.window);
      if (result.kind === "failed") {
        failFetch(context, fence, stagingId, result.failed, result.where);
        await tellIfOver(context);
      }
      return "done";
    }
    case "merge":
      await mergeDay(context, fence, action.day);
      return "done";
    case "publish":
      if (!(await publishDay(context, fence, action.day))) return "done";
      await tellIfOver(context);
      return "day done";
    default:
      return action satisfies never;
  }
}

/**
 * One step, and its result with the place to go on from in one transaction: a crash repeats the step. True where a
 * day was found to be none.
 */
async function stepAudit(context: SiteContext): Promise<boolean> {
  const audit = context.store.tx(readAudit);
  if (!audit || audit.completedAt !== undefined) return false;
  if (audit.mode !== "rebuild") return stepVerify(context, audit, audit.mode);
  await stepRebuild(context, audit);
  return false;
}

function stage(context: SiteContext, fence: Fence, action: Extract<Action, { do: "stage" }>): void {
  const { clock, config, log, site, store } = context;
  store.tx((sql) => {
    const job = currentJob(sql, fence);
    const points = getState(sql, "points");
    if (!job || !points) return;
    const now = clock.now();
    const stagingId = `${fence.epoch}-${now}-${Math.floor(clock.random() * 1e9).toString(36)}`;
    stageDay(
      sql,
      action.date,
      stagingId,
      {
        pointsHash: points.hash,
        pointCount: points.count,
        parserVersion: PARSER_VERSION,
        rowGroupSize: config.rowGroupSize,
        backfillId: job.backfillId,
        createdAt: now,
      },
      windowsOf(action.date, action.windows),
    );
    showDay(context, sql, action.date);
    log("INFO", `[BACKFILL] Processing day: ${action.date} for site ${site}`, {
      site,
      date: action.date,
      windows: action.windows,
    });
  });
}

/** The Coordinator hears at once when a site has nothing left to do. */
async function tellIfOver(context: SiteContext): Promise<void> {
  const { state } = context.report().view;
  if (state === "completed" || state === "halted") await tell(context);
}

/** News for the Coordinator; if they are lost, its round finds out. */
async function tell(context: SiteContext): Promise<void> {
  await context.coordinator.notify(context.site).catch(() => undefined);
}
