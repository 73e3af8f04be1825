import { accessSync, constants, mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { CommandError, type CommandRun, lockForProcess } from "../../terminal/terminal.ts";

const ROOT = join(import.meta.dirname, "../..");
const STATE = join(ROOT, ".state/local");

export interface StateDir {
  readonly path: string;
  /** Relative to the project's folder, as printed for the user. */
  readonly shown: string;
}

/**
 * Creates `.state/local/{name}` in the project's folder and locks it for this process until the run ends. Throws
 * `CommandError` if the folder can't be written to, and while another running process has it: two Workers over one
 * SQLite file would corrupt it.
 */
export function claimStateDir(name: string, fresh: boolean, run: CommandRun): StateDir {
  const path = join(STATE, name);
  const shown = relative(ROOT, path);
  try {
    mkdirSync(STATE, { recursive: true });
    run.onEnd(lockForProcess(join(STATE, `${name.replaceAll("/", "-")}.lock`), shown));
    if (fresh) rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(
      `${path} can't be written to: ${cause instanceof Error ? cause.message : String(cause)}`,
      "The stack stores its data there. Make the folder writable for this user, or use a checkout of your own.",
      { cause },
    );
  }
  return { path, shown };
}
