import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { UtcDay } from "../../src/domain/day.ts";
import { FileServer } from "../../test/support/file-server.ts";
import { evenDay, SITE } from "../../test/support/query/archive.ts";

const BACKFILL = join(import.meta.dirname, "../bv-backfill.js");
const DAY = "2024-01-01" as UtcDay;

let server: FileServer;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "backfill-export-command-"));
  server = await FileServer.open();
  server.files.set(DAY, evenDay(DAY, ["a", "b"], 200, 50).bytes);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Runs the export after the shell command `before`. */
async function exported(args: readonly string[], before = "") {
  const command = `${before} exec '${process.execPath}' '${BACKFILL}' export ${DAY} --site ${SITE} "$@"`;
  const child = spawn("sh", ["-c", command, "sh", ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      QUERY_URL: server.query.worker.url,
      QUERY_API_KEY: "t",
      NODE_DISABLE_COMPILE_CACHE: "1",
    },
  });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += String(text);
  });
  const [code] = await once(child, "close");
  return { code, stderr };
}

const filesBelow = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

it.each([
  ["files", ["--out", "days"], []],
  ["a CSV", ["--csv", "days.csv"], ["days.csv.part"]],
] as const)(
  "a full disk ends an export of %s, and leaves no incomplete file under its name",
  async (_, args, left) => {
    // The system writes what still fits, and reports only the number of bytes.
    const { code, stderr } = await exported(args, "ulimit -f 1;");
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("Free some disk space") });
    expect(filesBelow()).toEqual(left);
    expect((await exported(args)).code).toBe(0);
  },
);

it("a path that can't be written to is a usage error", async () => {
  writeFileSync(join(folder, "file"), "");
  const path = `days/timeseries/2024/01/01/${SITE}.parquet`;
  mkdirSync(join(folder, path), { recursive: true });
  const [noFolder, folderInTheWay, nowhere] = await Promise.all([
    exported(["--out", "file"]),
    exported(["--out", "days"]),
    exported(["--csv", "nowhere/days.csv"]),
  ]);
  for (const { code, stderr } of [noFolder, folderInTheWay, nowhere]) {
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("Choose another path") });
    expect(stderr).not.toContain("    at ");
  }
});
