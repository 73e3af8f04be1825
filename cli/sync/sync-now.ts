import { poll } from "../../client/client.ts";
import type { SiteSync, SyncStatus, TriggerAccepted } from "../../src/contract/etl.ts";
import {
  type BarPaint,
  bar,
  counted,
  formatCount,
  formatDuration,
  lostLine,
} from "../../terminal/terminal.ts";
import type { Cli } from "../cli.ts";
import { note } from "../output.ts";
import { requestChange, watchScreen, watchWorker } from "../watch/watch.ts";
import { countsText } from "./sync-lines.ts";

/**
 * Begins a sync of one site, or of all, and shows it until it ends. Returns the last status of the sites that began one.
 * Ctrl-C stops only the watching.
 */
export async function syncNow(cli: Cli, site: string | undefined): Promise<SiteSync[]> {
  const { etl } = cli;
  const accepted = await requestChange(cli, "sync", () => etl.trigger(site));
  for (const running of accepted.sites_running) note(`${running} is in a sync already.`);
  const screen = watchScreen(cli, process.stderr);
  let latest: SyncStatus | undefined;
  const show = (status: SyncStatus) => {
    latest = status;
    screen.show(nowLines(status, accepted, { isTerminal: screen.width !== undefined, paint: screen.paint }));
  };
  const lost = (silentMs: number) =>
    screen.show(screen.width === undefined || !latest ? ["connection lost, retrying"] : [lostLine(silentMs)]);
  const watching = { what: "sync", again: [`To see it: ${cli.commandLine("sync --watch")}`] } as const;
  const last = await watchWorker<SyncStatus>(cli, watching, (polling) =>
    poll(
      () => etl.status(),
      (status) => hasEnded(status, accepted),
      { ...polling, show, lost },
    ),
  );
  screen.settle();
  return last.sites.filter((view) => accepted.sites.includes(view.site));
}

/** Whether every triggered site has ended its sync, or can't begin one. A site that does not respond has not. */
export function hasEnded(status: SyncStatus, { sites, triggered_at }: TriggerAccepted): boolean {
  return sites.every((site) => {
    const view = status.sites.find((each) => each.site === site);
    return view !== undefined && (endedRun(view, triggered_at[site]) ?? obstacleOf(view)) !== undefined;
  });
}

/** Why the site does not sync now. A trigger ends halts and waits, so that this is of a try after it. */
export function obstacleOf({
  current_sync,
  errors_recent,
  halt_reason,
  state,
}: SiteSync): string | undefined {
  if (current_sync !== null) return undefined;
  if (halt_reason !== null) return halt_reason;
  return state === "waiting" ? (errors_recent[0]?.error ?? "the site waits, for no known reason") : undefined;
}

interface NowOptions {
  readonly isTerminal: boolean;
  readonly paint?: BarPaint;
}

const BAR_COLUMNS = 16;

/** A line for each triggered site: how far its sync is, or what it has done. */
export function nowLines(
  status: SyncStatus,
  { sites, triggered_at }: TriggerAccepted,
  { isTerminal, paint }: NowOptions,
): string[] {
  const nameWidth = Math.max(0, ...sites.map((site) => site.length));
  return sites.map((site) => {
    const name = site.padEnd(nameWidth);
    const view = status.sites.find((each) => each.site === site);
    if (!view) return `${name} does not respond`;
    const run = endedRun(view, triggered_at[site]);
    if (run) {
      const took = formatDuration(Math.max(0, Date.parse(run.ended_at) - Date.parse(run.started_at)));
      if (run.outcome === "ok") return `${name} done in ${took}: ${countsText(run)}`;
      return `${name} failed after ${took}: ${run.error ?? "no reason is known"}`;
    }
    const obstacle = obstacleOf(view);
    if (obstacle !== undefined) return `${name} can't sync: ${obstacle}`;
    if (!view.current_sync) return `${name} begins …`;
    const { windows_read, windows_total } = view.current_sync;
    const text = `${formatCount(windows_read)} of ${counted(windows_total, "window")}`;
    if (!isTerminal) return `${name} ${text}`;
    const done = windows_total === 0 ? 0 : windows_read / windows_total;
    return `${name} ${bar({ done }, BAR_COLUMNS, paint)} ${text}`;
  });
}

/** The site's last sync if it ended at the trigger or later, by the site's clock. */
function endedRun({ last_sync }: SiteSync, triggeredAt: string | undefined) {
  if (last_sync === null || triggeredAt === undefined) return undefined;
  return Date.parse(last_sync.ended_at) >= Date.parse(triggeredAt) ? last_sync : undefined;
}
