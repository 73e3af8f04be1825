import { poll } from "../../client/client.ts";
import type { SiteSync, SyncStatus } from "../../src/contract/etl.ts";
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
import { LOST, requestChange, watchScreen, watchWorker } from "../watch/watch.ts";
import { countsText } from "./sync-lines.ts";

/**
 * The sync of a site that is waited for: the one that began at the trigger, or the one that was running then. Times are by
 * the site's clock.
 */
export type Awaited = { readonly triggeredAt: string } | { readonly startedAt: string };

/** By site. */
export type AwaitedSyncs = ReadonlyMap<string, Awaited>;

/**
 * Begins a sync of one site, or of all, and shows it until it ends; a site that is in a sync already ends that. Returns the
 * last status of these sites. Ctrl-C stops only the watching.
 */
export async function syncNow(cli: Cli, site: string | undefined): Promise<SiteSync[]> {
  const { etl } = cli;
  const accepted = await requestChange(cli, "sync", () => etl.trigger(site));
  const triggered = accepted === "running" ? {} : accepted.triggered_at;
  const first = await etl.status();
  const awaited = awaitedSyncs(first, triggered, site);
  for (const [name, sync] of awaited) if ("startedAt" in sync) note(`${name} is in a sync already.`);
  const screen = watchScreen(cli, process.stderr);
  let latest: SyncStatus | undefined;
  const show = (status: SyncStatus) => {
    latest = status;
    screen.show(nowLines(status, awaited, { isTerminal: screen.width !== undefined, paint: screen.paint }));
  };
  const lost = (silentMs: number) =>
    screen.show(screen.width === undefined || !latest ? [LOST] : [lostLine(silentMs)]);
  const watching = { what: "sync", again: [`To see it: ${cli.commandLine("sync --watch")}`] } as const;
  const last = await watchWorker<SyncStatus>(cli, watching, (polling) =>
    poll(
      () => etl.status(),
      (status) => haveEnded(status, awaited),
      { ...polling, show, lost },
    ),
  );
  screen.settle();
  return last.sites.filter((view) => awaited.has(view.site));
}

/** The triggered sites, and of the others those that were in a sync: of all sites, or of `site` alone. */
export function awaitedSyncs(
  { sites }: SyncStatus,
  triggeredAt: Readonly<Record<string, string>>,
  site: string | undefined,
): AwaitedSyncs {
  const running = sites
    .filter((view) => !(view.site in triggeredAt) && (site === undefined || view.site === site))
    .flatMap((view): [string, Awaited][] =>
      view.current_sync ? [[view.site, { startedAt: view.current_sync.started_at }]] : [],
    );
  const triggered = Object.entries(triggeredAt).map(([name, at]): [string, Awaited] => [
    name,
    { triggeredAt: at },
  ]);
  return new Map([...triggered, ...running]);
}

/** Whether every sync has ended, or can't begin. That of a site that does not respond has not. */
export function haveEnded(status: SyncStatus, awaited: AwaitedSyncs): boolean {
  return [...awaited].every(([site, sync]) => {
    const view = status.sites.find((each) => each.site === site);
    return view !== undefined && (endedRun(view, sync) ?? obstacleOf(view)) !== undefined;
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

/** A line for each sync: how far it is, or what it has done. */
export function nowLines(
  status: SyncStatus,
  awaited: AwaitedSyncs,
  { isTerminal, paint }: NowOptions,
): string[] {
  const nameWidth = Math.max(0, ...[...awaited.keys()].map((site) => site.length));
  return [...awaited].map(([site, sync]) => {
    const name = site.padEnd(nameWidth);
    const view = status.sites.find((each) => each.site === site);
    if (!view) return `${name} does not respond`;
    const run = endedRun(view, sync);
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

/** The site's last sync, if it is the one that is waited for or a later one. */
function endedRun({ last_sync }: SiteSync, sync: Awaited) {
  if (last_sync === null) return undefined;
  const isIt =
    "triggeredAt" in sync
      ? Date.parse(last_sync.ended_at) >= Date.parse(sync.triggeredAt)
      : Date.parse(last_sync.started_at) >= Date.parse(sync.startedAt);
  return isIt ? last_sync : undefined;
}
