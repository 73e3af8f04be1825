import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { type CommandRun, lockForProcess } from "../../terminal/terminal.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface StateDir {
  readonly path: string;
  /** As a user would name it, from the project's folder. */
  readonly shown: string;
}

/**
 * `.state/{name}` of the project, for this process alone until it ends. Throws `CommandError` while another
 * process that still runs holds it: two Workers over one SQLite would undo each other's work.
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
