import { daysOf } from "../../src/domain/day.ts";
import {
  CommandError,
  counted,
  EXIT,
  formatBytes,
  formatCount,
  formatDuration,
} from "../../terminal/terminal.ts";
import type { Cli } from "../cli.ts";
import { note, print } from "../output.ts";
import { watchScreen } from "../watch/watch.ts";
import type { ExportRange } from "./csv-file.ts";
import { missingDay } from "./csv-progress.ts";
import { exportFile } from "./parquet-folder.ts";
import type { PointSelection } from "./selection.ts";
import type { SelectionOutcome } from "./selection-file.ts";
import type { SelectionFormat } from "./selection-formats.ts";

export { missingDay } from "./csv-progress.ts";
export type { ExportRange, PointSelection, SelectionFormat, SelectionOutcome };

/** Exports archived days as files. Returns the days that are not archived. The door of this folder. */
export async function exportFiles(cli: Cli, folder: string, range: ExportRange): Promise<readonly string[]> {
  const { query } = cli;
  const progress = progressLine(cli);
  const files = daysOf(range.from, range.to).flatMap((date) => range.sites.map((site) => ({ date, site })));
  const counts = { fetched: 0, unchanged: 0, missing: 0 };
  const missing: string[] = [];
  let bytes = 0;
  for (const [index, { date, site }] of files.entries()) {
    const exported = await exportFile(query, folder, site, date);
    counts[exported.kind] += 1;
    if (exported.kind === "missing") missing.push(missingDay(date, site));
    else {
      bytes += exported.bytes;
      // On a terminal the progress line would overwrite it.
      if (!process.stdout.isTTY) print(exported.path);
    }
    progress.show(index + 1, files.length, bytes);
  }
  progress.settle();
  note(`${counts.fetched} fetched, ${counts.unchanged} already there, ${counts.missing} missing`);
  return missing;
}

/** Exports archived days as one CSV file. Returns the days that are not archived. */
export async function exportCsv(cli: Cli, path: string, range: ExportRange): Promise<readonly string[]> {
  // Loaded only here, because it reads Parquet, which no other command does.
  const { writeCsvFile } = await import("./csv-file.ts");
  const progress = progressLine(cli);
  const missing = await writeCsvFile(cli.query, path, range, ({ filesDone, bytes }, filesTotal) =>
    progress.show(filesDone, filesTotal, bytes),
  );
  progress.settle();
  print(path);
  return missing;
}

/** Exports samples of some points as one file. Prints its path unless there are none. */
export async function exportSelection(
  cli: Cli,
  path: string,
  format: SelectionFormat,
  selection: PointSelection,
): Promise<SelectionOutcome> {
  // Loaded only here, because it writes Parquet, which no other command does.
  const { writeSelection } = await import("./selection-file.ts");
  const screen = watchScreen(cli, process.stderr);
  const outcome = await writeSelection(cli.query, path, format, selection, ({ rows, bytes, through }) => {
    const until = through === undefined ? "" : `, through ${through}`;
    screen.show([`${counted(rows, "row")}${until}, ${formatBytes(bytes)}`]);
  });
  screen.settle();
  if (outcome.rows > 0) print(path);
  return outcome;
}

function progressLine(cli: Cli) {
  const screen = watchScreen(cli, process.stderr);
  const startedMs = performance.now();
  let first: number | undefined;
  return {
    show(done: number, total: number, bytes: number) {
      first ??= done - 1;
      const leftMs = ((performance.now() - startedMs) * (total - done)) / (done - first);
      const siteDays = `${formatCount(done)} of ${counted(total, "site-day")}`;
      screen.show([`${siteDays}, ${formatBytes(bytes)}, ETA ${formatDuration(leftMs)}`]);
    },
    settle: () => screen.settle(),
  };
}

/** Errors of a path that can't be written to; any other disk error may be gone at the next try. */
const WRONG_PATH = new Set(["EACCES", "EEXIST", "EISDIR", "ENOENT", "ENOTDIR", "EPERM", "EROFS"]);

/** Rethrows an error of this machine's disk as `CommandError` with advice, and any other error unchanged. */
export function rethrowDiskError(error: unknown): never {
  if (
    !(error instanceof Error) ||
    error instanceof CommandError ||
    !("syscall" in error && "code" in error)
  ) {
    throw error;
  }
  throw WRONG_PATH.has(String(error.code))
    ? new CommandError(error.message, "Choose another path with --out or --csv.", {
        cause: error,
        exitCode: EXIT.usage,
      })
    : new CommandError(error.message, "Free some disk space and run the command again: it resumes.", {
        cause: error,
      });
}
