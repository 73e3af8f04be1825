import { EXIT } from "../../client/exit-codes.ts";
import { Unable } from "../../client/run.ts";

/** The place that was named is none to write to; whatever else a disk says may pass. */
const MISPLACED = new Set(["EACCES", "EEXIST", "EISDIR", "ENOENT", "ENOTDIR", "EPERM", "EROFS"]);

/** What this machine's disk refuses, as `Unable` with what helps; any other fault as it is. */
export function throwDiskFault(fault: unknown): never {
  if (!(fault instanceof Error) || fault instanceof Unable || !("syscall" in fault && "code" in fault)) {
    throw fault;
  }
  throw MISPLACED.has(String(fault.code))
    ? new Unable(fault.message, "Name another place by --out or --csv.", {
        cause: fault,
        exitCode: EXIT.usage,
      })
    : new Unable(fault.message, "Make room, and run it again: it goes on where it is.", { cause: fault });
}
