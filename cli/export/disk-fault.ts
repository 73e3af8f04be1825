import { CommandError, EXIT } from "../../terminal/terminal.ts";

/** The place that was named is none to write to; whatever else a disk says may pass. */
const MISPLACED = new Set(["EACCES", "EEXIST", "EISDIR", "ENOENT", "ENOTDIR", "EPERM", "EROFS"]);

/** What this machine's disk refuses, as `CommandError` with what helps; any other fault as it is. */
export function throwDiskFault(fault: unknown): never {
  if (
    !(fault instanceof Error) ||
    fault instanceof CommandError ||
    !("syscall" in fault && "code" in fault)
  ) {
    throw fault;
  }
  throw MISPLACED.has(String(fault.code))
    ? new CommandError(fault.message, "Name another place by --out or --csv.", {
        cause: fault,
        exitCode: EXIT.usage,
      })
    : new CommandError(fault.message, "Make room, and run it again: it goes on where it is.", {
        cause: fault,
      });
}
