import { spawnSync } from "node:child_process";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };

/** `bv-backfill 1.0.0 (commit 0123abc)`; without the commit where this is no checkout of git. */
export function versionText(root = join(import.meta.dirname, "..")): string {
  const commit = commitOf(root);
  return `bv-backfill ${packageJson.version}${commit ? ` (commit ${commit})` : ""}`;
}

function commitOf(root: string): string | undefined {
  const { status, stdout } = spawnSync("git", ["-C", root, "rev-parse", "--show-prefix", "--short", "HEAD"], {
    encoding: "utf8",
    timeout: 2_000,
  });
  // In a folder of another repository the first line names the folder.
  const [prefix, commit] = status === 0 ? stdout.split("\n") : [];
  return prefix === "" ? commit : undefined;
}
