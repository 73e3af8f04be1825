import { pollBackfill } from "../client/client.ts";
import type { Status } from "../src/contract/backfill.ts";
import { EXIT, type ProgressScreen, SiteLines, samplesPerDayOf } from "../terminal/terminal.ts";
import type { Cli } from "./cli.ts";
import { failedLines, headLines, plainLine } from "./status-lines.ts";
import { note, paint, plain } from "./terminal.ts";
import { watched, watchScreen } from "./watched.ts";

/** Shows the backfill on `out` until it rests. Ctrl-C ends the looking, never the backfill. */
export async function watchBackfill(cli: Cli, out: NodeJS.WriteStream): Promise<Status> {
  const screen = watchScreen(cli, out);
  const sites = new SiteLines();
  const last = await whileWatched(cli, (status) => screen.show(linesOf(status, sites, screen, out)));
  screen.settle();
  return last;
}

/** The same as a line of JSON whenever something has changed. */
export async function watchAsJson(cli: Cli): Promise<Status> {
  let written = "";
  return whileWatched(cli, (status) => {
    const news = JSON.stringify(status, (key, value) => (OF_THE_MOMENT.has(key) ? undefined : value));
    if (news !== written) process.stdout.write(`${JSON.stringify(status)}\n`);
    written = news;
  });
}

/** These change with every answer. */
const OF_THE_MOMENT = new Set([
  "last_updated",
  "duration_seconds",
  "estimated_completion",
  "days_per_hour",
  "samples_per_second",
]);

/** Of a command that tells of the backfill: done unless the backfill has come to rest without all of its days. */
export function exitCodeOf(status: Status | undefined): number {
  if (!status || status.status === "in_progress") return EXIT.done;
  return status.status === "completed" && status.outcome === "success" ? EXIT.done : EXIT.partial;
}

function whileWatched(cli: Cli, show: (status: Status) => void): Promise<Status> {
  const goesOn = `It goes on. Come back with: ${cli.typed("status --watch")}\nEnd it with: ${cli.typed("cancel")}`;
  return watched<Status>(cli, goesOn, (how) => pollBackfill(cli.backfill, { ...how, show }));
}

function linesOf(
  status: Status,
  sites: SiteLines,
  { width, paint: fill }: ProgressScreen,
  out: NodeJS.WriteStream,
): string[] {
  if (width === undefined) return [plainLine(status)];
  const samplesPerDay = samplesPerDayOf(status);
  const head = headLines(status, out === process.stdout ? paint : plain);
  const lines = sites.of(status, { now: performance.now(), samplesPerDay, width, paint: fill });
  const room = Math.max(1, (out.rows || 24) - head.length - ROOM_BELOW);
  const shown =
    lines.length > room ? [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more sites`] : lines;
  return [...head, ...shown];
}

/** Lines of the screen that stay free below. */
const ROOM_BELOW = 2;

export function sayFailed(status: Status, cli: Cli, say: (line: string) => void): void {
  for (const line of failedLines(status)) say(line);
  if (status.days_failed > 0) note(`Why: ${cli.typed("errors")}\nAgain: ${cli.typed("retry")}`);
}
