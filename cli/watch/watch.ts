import { type PollOptions, pollBackfill } from "../../client/client.ts";
import type { Status } from "../../src/contract/backfill.ts";
import { EXIT, SiteLines, samplesPerDayOf } from "../../terminal/terminal.ts";
import type { Cli } from "../cli.ts";
import { note, paint, plain, print, printText } from "../output.ts";
import { jsonLines, LOST } from "./poll-lines.ts";
import { watchScreen, watchWorker } from "./polling.ts";
import { failedLines, headLines, pastLines, plainLine } from "./status-lines.ts";

export { dueSummaryLines } from "./due-lines.ts";
/** Showing and watching a backfill in the terminal. The door of this folder. */
export { jsonLines, LOST } from "./poll-lines.ts";
export { requestChange, watchScreen, watchWorker, withInterruptNote } from "./polling.ts";
export { rollupText } from "./rollup-text.ts";
export { archiveLine, headLines, progressText, siteTable, timeOf } from "./status-lines.ts";

/** Shows the backfill on `out` until it ends. Ctrl-C stops watching; the backfill keeps running. */
export async function watchBackfill(cli: Cli, out: NodeJS.WriteStream): Promise<Status> {
  const screen = watchScreen(cli, out);
  const sites = new SiteLines();
  let latest: Status | undefined;
  const options = () => ({
    samplesPerDay: latest ? samplesPerDayOf(latest) : 1,
    width: screen.width,
    paint: screen.paint,
  });
  const show = (status: Status) => {
    latest = status;
    if (screen.width === undefined) return screen.show([plainLine(status)]);
    const lines = sites.of(status, { ...options(), now: performance.now() });
    screen.show(fitting(headLines(status, paintFor(out)), lines, out));
  };
  const lost = (silentMs: number) => {
    if (!latest || screen.width === undefined) return screen.show([LOST]);
    screen.show(fitting(pastLines(latest, silentMs, paintFor(out)), sites.past(latest, options()), out));
  };
  const last = await pollStatus(cli, { show, lost });
  screen.settle();
  return last;
}

/** The same, as a line of JSON after every change. */
export function watchAsJson(cli: Cli): Promise<Status> {
  return pollStatus(cli, jsonLines(VOLATILE_FIELDS));
}

/** Fields that differ in every response, and so are no change. */
const VOLATILE_FIELDS = new Set([
  "last_updated",
  "duration_seconds",
  "estimated_completion",
  "days_per_hour",
  "samples_per_second",
]);

/** The exit code of a command that shows the backfill: partial when it has ended without all of its days. */
export function exitCodeOf(status: Status | undefined): number {
  if (!status || status.status === "in_progress") return EXIT.done;
  return status.status === "completed" && status.outcome === "success" ? EXIT.done : EXIT.partial;
}

function pollStatus(cli: Cli, shown: Pick<PollOptions<Status>, "show" | "lost">): Promise<Status> {
  const again = [
    `To watch again: ${cli.commandLine("status --watch")}`,
    `To cancel it: ${cli.commandLine("cancel")}`,
  ];
  return watchWorker<Status>(cli, { what: "backfill", again }, (options) =>
    pollBackfill(cli.backfill, { ...options, ...shown }),
  );
}

const paintFor = (out: NodeJS.WriteStream) => (out === process.stdout ? paint : plain);

/** The lines that fit on the terminal; the sites that do not are counted. */
function fitting(head: readonly string[], sites: readonly string[], out: NodeJS.WriteStream): string[] {
  const room = Math.max(1, (out.rows || 24) - head.length - FREE_LINES);
  if (sites.length <= room) return [...head, ...sites];
  return [...head, ...sites.slice(0, room - 1), `… ${sites.length - room + 1} more sites`];
}

/** Lines of the terminal that stay free below. */
const FREE_LINES = 2;

/** Prints the failed days, and how to see the reasons and retry. */
export function printFailed(status: Status, cli: Cli): void {
  for (const line of failedLines(status)) print(line);
  if (status.days_failed === 0) return;
  note(`To see why: ${cli.commandLine("errors")}\nTo try again: ${cli.commandLine("retry")}`);
}

/**
 * Prints that the Worker accepted a start or a retry, and watches the backfill if requested. With `watch` and `json`
 * all output is JSON, one object per line.
 */
export async function printAccepted(
  cli: Cli,
  accepted: object,
  line: string,
  { watch, json }: { readonly watch?: true; readonly json?: true },
): Promise<void> {
  if (json) print(JSON.stringify(accepted, null, watch ? 0 : 2));
  else printText(line);
  if (!watch)
    return note(`The backfill runs in the Worker. To watch it: ${cli.commandLine("status --watch")}`);
  const last = json ? await watchAsJson(cli) : await watchBackfill(cli, process.stderr);
  if (!json) printFailed(last, cli);
  cli.exitCode = exitCodeOf(last);
}
