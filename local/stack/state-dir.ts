import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { type CommandRun, lockForProcess } from "../../terminal/terminal.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface StateDir {
  readonly path: string;
  /** Relative to the project's folder, as printed for the user. */
  readonly shown: string;
}

/**
 * Creates `.state/{name}` in the project's folder and locks it for this process until the run ends. Throws
 * `CommandError` while another running process has it: two Workers over one SQLite file would corrupt it.
 */
export function claimStateDir(name: string, fresh: boolean, run: CommandRun): StateDir {
  const path = join(ROOT, ".state", name);
  const shown = relative(ROOT, path);
  const lock = join(ROOT, ".state", `${name.replaceAll("/", "-")}.lock`);
  mkdirSync(join(ROOT, ".state"), { recursive: true });
  run.onEnd(lockForProcess(lock, shown));
  if (fresh) rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return { path, shown };
}
