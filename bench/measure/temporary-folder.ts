import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandRun } from "../../terminal/terminal.ts";

/** Makes a folder that is deleted when the run ends. */
export function temporaryFolder(run: CommandRun): string {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  run.onEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
