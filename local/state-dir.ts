import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Run, Unable } from "./run.ts";

const ROOT = join(import.meta.dirname, "..");

export interface StateDir {
  readonly path: string;
  /** As a user would name it, from the project's folder. */
  readonly shown: string;
}

/**
 * `.state/{name}` of the project, for this process alone until it ends. Throws `Unable` while another
 * process that still runs holds it: two Workers over one SQLite would undo each other's work.
 */
export function claimStateDir(name: string, fresh: boolean, run: Run): StateDir {
  const path = join(ROOT, ".state", name);
  const shown = relative(ROOT, path);
  const lock = join(ROOT, ".state", `${name.replaceAll("/", "-")}.lock`);
  const holder = holderOf(lock);
  if (holder !== undefined) {
    throw new Unable(
      `${shown} is in use by process ${holder}.`,
      `End that one first (kill ${holder}); if it is something else by now, remove ${relative(ROOT, lock)}.`,
    );
  }
  if (fresh) rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  writeFileSync(lock, String(process.pid));
  run.onEnd(() => rmSync(lock, { force: true }));
  return { path, shown };
}

function holderOf(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    process.kill(pid, 0);
    return pid;
  } catch {
    // No lock, or that of a process that is gone.
    return undefined;
  }
}
