import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { Unable } from "../../client/run.ts";

/**
 * Takes `path` for this process: what gives it back. Throws `Unable` while another process that still runs has it; one
 * that was killed has left it to anybody. `what` is said to be in use.
 */
export function takeLock(path: string, what: string): () => void {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (fault) {
      if (!isThere(fault)) throw fault;
    }
    const holder = holderOf(path);
    if (holder !== undefined) {
      throw new Unable(
        `${what} is in use by process ${holder}.`,
        `End that one first (kill ${holder}); if it is something else by now, remove ${path}.`,
      );
    }
    rmSync(path, { force: true });
  }
}

const isThere = (fault: unknown) => fault instanceof Error && "code" in fault && fault.code === "EEXIST";

/** undefined: it is gone, or the lock says of nobody; what a full disk left empty must not pass for process 0. */
function holderOf(path: string): number | undefined {
  const pid = Number(textOf(path));
  return Number.isInteger(pid) && pid > 0 && runs(pid) ? pid : undefined;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Whether there is such a process, be it another user's. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return fault instanceof Error && "code" in fault && fault.code === "EPERM";
  }
}
