import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { CommandError } from "./command-run.ts";

/**
 * Locks `path` for this process and returns the function that unlocks it. Throws `CommandError`, naming `what`, while
 * another running process has the lock; the lock of a process that was killed is taken over.
 */
export function lockForProcess(path: string, what: string): () => void {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!isExists(error)) throw error;
    }
    const owner = ownerOf(path);
    if (owner !== undefined) {
      throw new CommandError(
        `${what} is in use by process ${owner}.`,
        `Stop that process first (kill ${owner}). If the process is unrelated, remove ${path}.`,
      );
    }
    rmSync(path, { force: true });
  }
}

const isExists = (error: unknown) => error instanceof Error && "code" in error && error.code === "EEXIST";

/** The running process that has the lock; a lock file that a full disk left empty must not read as process 0. */
function ownerOf(path: string): number | undefined {
  const pid = Number(readOrEmpty(path));
  return Number.isInteger(pid) && pid > 0 && isRunning(pid) ? pid : undefined;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Whether a process with this id is running, also one of another user. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
