import type { UtcDay } from "../../../domain/day.ts";
import { windowsOf } from "../../../domain/windows.ts";
import type { Sql } from "../../ports.ts";
import { stepAudit } from "../audit/audit.ts";
import type { ActionContext } from "../context.ts";
import { fetchRun, loadPoints } from "../fetch/fetch.ts";
import { hasHotRows } from "../hot-rows/hot-rows.ts";
import { currentOwner, getState, markedDays, type NewWindow, showDay, stageDay } from "../ledger/ledger.ts";
import { mergeDay } from "../merge/merge.ts";
import { PARSER_VERSION, settingsOf, trackOf } from "../plan.ts";
import { writePointsFile } from "../points/points.ts";
import { publishDay } from "../publish/publish.ts";
import { stepRollup } from "../rollup/rollup.ts";
import type { Action } from "./next-actions.ts";

/** Performs one action. It commits its result, or nothing where the fence's epoch has ended. */
export async function perform(context: ActionContext, action: Action): Promise<void> {
  switch (action.do) {
    case "view":
      return context.outbox.flush();
    case "points-file":
      return writePointsFile(context);
    case "audit":
      // A published day that turns out to have no valid object reopens the job: the Coordinator has to know.
      return (await stepAudit(context)) ? notify(context) : undefined;
    case "load-points":
      await loadPoints(context);
      return notifyIfOver(context);
    case "stage":
      return stage(context, action);
    case "fetch":
      return (await fetchRun(context, action.day, action.window)) === "failed"
        ? notifyIfOver(context)
        : undefined;
    case "merge":
      return mergeDay(context, action.day);
    case "publish":
      if (!(await publishDay(context, action.day))) return;
      await (trackOf(action.day) === "due" ? notify(context) : notifyIfOver(context));
      return context.count({ days: 1 });
    case "rollup":
      return stepRollup(context, action.step);
    default:
      return action satisfies never;
  }
}

function stage(context: ActionContext, action: Extract<Action, { do: "stage" }>): void {
  const { clock, config, fence, log, site, store } = context;
  store.tx((sql) => {
    const owner = currentOwner(sql, fence);
    const points = getState(sql, "points");
    if (!owner || !points) return;
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
        ...settingsOf(config),
        backfillId: owner.backfillId,
        ...(owner.track === "due" && { track: owner.track }),
        createdAt: now,
      },
      [...windowsOf(action.date, action.windows), ...otherSources(sql, action.date)],
    );
    showDay(context, sql, action.date);
    log("INFO", `Processing day: ${action.date} for site ${site}`, {
      site,
      date: action.date,
      windows: action.windows,
    });
  });
}

/** Windows of rows that the API does not send. They are read once the API's are complete. */
function otherSources(sql: Sql, date: UtcDay): NewWindow[] {
  const [wholeDay] = windowsOf(date, 1);
  if (!wholeDay) throw new Error("a day has no window");
  const isMarked = markedDays(sql, "carries_hot", date, date).length > 0;
  return [
    ...(hasHotRows(sql, date) ? [{ ...wholeDay, source: "hot" as const }] : []),
    ...(isMarked ? [{ ...wholeDay, source: "object" as const }] : []),
  ];
}

/** Notifies the Coordinator at once when the site has no work left. */
async function notifyIfOver(context: ActionContext): Promise<void> {
  const { state } = context.report().view;
  if (state === "completed" || state === "halted") await notify(context);
}

/** A notification may be lost: the Coordinator's next poll learns the same. */
async function notify({ coordinator, site }: ActionContext): Promise<void> {
  await coordinator.notify(site).catch(() => undefined);
}
