import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative, resolve } from "node:path";
import { CommandError, type CommandRun, EXIT, lockForProcess } from "../../terminal/terminal.ts";

const ROOT = join(import.meta.dirname, "../..");
const STATE = join(ROOT, ".state/local");
/** In a state directory: whose data it has. A folder without it is never deleted. */
const OWNER_FILE = "stack-state.json";
/** In the folder itself: whoever names it has the same lock. */
const LOCK_FILE = ".lock";
/** The owner of all data of the simulated API. */
export const SIMULATED = "the simulated API";

export interface StateDir {
  readonly path: string;
  /** As printed for the user. */
  readonly shown: string;
}

export interface StateDirChoice {
  /** Below `.state/local` in the project's folder. */
  readonly name: string;
  /** A folder of the user's instead. */
  readonly path?: string | undefined;
  /** The API whose data it has: data of two APIs in one directory would be days of the same name. */
  readonly api: string;
  /** Deletes what is there. */
  readonly fresh: boolean;
}

/**
 * Creates a state directory and locks it for this process until the run ends. Throws `CommandError` if the folder can't
 * be written to or has other things in it, if it has the data of another API, and while another running process has it:
 * two Workers over one SQLite file would corrupt it.
 */
export function claimStateDir(choice: StateDirChoice, run: CommandRun): StateDir {
  const { name, fresh, api } = choice;
  const path = choice.path === undefined ? join(STATE, name) : resolve(choice.path);
  const shown = choice.path === undefined ? relative(ROOT, path) : path;
  const lock = join(path, LOCK_FILE);
  try {
    mkdirSync(path, { recursive: true });
    if (choice.path !== undefined) refuseForeign(path);
    run.onEnd(lockForProcess(lock, shown));
    if (fresh) deleteContents(path);
    accessSync(path, constants.R_OK | constants.W_OK);
    claimFor(path, shown, api);
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(
      `${path} can't be written to: ${cause instanceof Error ? cause.message : String(cause)}`,
      "The stack stores its data there. Make the folder writable for this user, or name another one with --state.",
      { cause },
    );
  }
  return { path, shown };
}

/** A user's folder of other things must not be mixed with databases, and never be deleted by --fresh. */
function refuseForeign(path: string): void {
  const contents = readdirSync(path).filter((entry) => entry !== LOCK_FILE);
  if (contents.length === 0 || existsSync(join(path, OWNER_FILE))) return;
  throw new CommandError(
    `${path} has other things in it.`,
    "Name an empty folder, or one that is not there yet.",
    {
      exitCode: EXIT.usage,
    },
  );
}

function deleteContents(path: string): void {
  for (const entry of readdirSync(path)) {
    if (entry !== LOCK_FILE) rmSync(join(path, entry), { recursive: true, force: true });
  }
}

function claimFor(path: string, shown: string, api: string): void {
  const owner = ownerOf(path);
  if (owner !== undefined && owner !== api)
    throw new CommandError(
      `${shown} has the data of ${owner}, not of ${api}.`,
      `Name another folder with --state, or delete what is there with --fresh. If it is the same API at a new address, write the address into ${join(path, OWNER_FILE)}.`,
      { exitCode: EXIT.usage },
    );
  writeFileSync(join(path, OWNER_FILE), `${JSON.stringify({ api })}\n`);
}

/** undefined for a new folder. Folders from before the file was written have data of the simulated API. */
function ownerOf(path: string): string | undefined {
  try {
    const { api } = JSON.parse(readFileSync(join(path, OWNER_FILE), "utf8"));
    return typeof api === "string" ? api : undefined;
  } catch {
    return existsSync(join(path, "v3")) ? SIMULATED : undefined;
  }
}
