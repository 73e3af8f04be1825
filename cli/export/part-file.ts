import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { CommandError, EXIT, lockForProcess } from "../../terminal/terminal.ts";

/** What `write` has written into the part of a file. */
export interface PartOutcome {
  /** Whether there is nothing to keep; the file is then not made. */
  readonly isEmpty: boolean;
}

/**
 * Lets `write` write `{path}.part`, which gets its name once it is complete. A part and its stored progress stay where
 * `write` fails. Throws `CommandError` (usage) for an existing file, and while another process writes the same file.
 */
export async function writeWhole<T extends PartOutcome>(
  path: string,
  write: (part: string) => Promise<T>,
): Promise<T> {
  if (existsSync(path)) throw conflict(path, "already exists");
  const part = `${path}.part`;
  const unlock = lockForProcess(`${part}.lock`, part);
  try {
    const outcome = await write(part);
    // A crash before the next line leaves a complete part, to which nothing is added by the next export.
    await (outcome.isEmpty ? rm(part, { force: true }) : rename(part, path));
    rmSync(progressPath(part), { force: true });
    return outcome;
  } finally {
    unlock();
  }
}

export const conflict = (path: string, why: string) =>
  new CommandError(`${path} ${why}.`, "Remove it, or choose another file.", { exitCode: EXIT.usage });

/** Where the progress of a part is stored until the file is complete. */
export const progressPath = (part: string) => `${part}.json`;

/** The stored progress, which this project has written; undefined where there is none or it can't be read. */
export function readProgress<T extends object>(part: string): T | undefined {
  try {
    return JSON.parse(readFileSync(progressPath(part), "utf8")) as T;
  } catch {
    // Without readable progress the export starts again from its beginning.
    return undefined;
  }
}

/** Replaces the stored progress atomically. */
export function writeProgress(part: string, progress: object): void {
  const path = progressPath(part);
  writeFileSync(`${path}.new`, JSON.stringify(progress));
  renameSync(`${path}.new`, path);
}
