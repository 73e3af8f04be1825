import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import { readWithHyparquet } from "../../test/reference/other-readers.ts";
import { FileServer } from "../../test/support/file-server.ts";
import { evenDay, SITE } from "../../test/support/query/archive.ts";
import { MemoryArchive } from "../../test/support/query/memory-archive.ts";
import { SqliteHot } from "../../test/support/query/sqlite-hot.ts";
import { QueryServer } from "../../test/support/query-server.ts";

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
const exported = (args: readonly string[], before = "") => started(args, before).ended;

function started(args: readonly string[], before = "", url = server.query.worker.url) {
  const command = `${before} exec '${process.execPath}' '${BACKFILL}' export ${DAY} --site ${SITE} "$@"`;
  const child = spawn("sh", ["-c", command, "sh", ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      QUERY_URL: url,
      QUERY_API_KEY: "t",
      NODE_DISABLE_COMPILE_CACHE: "1",
    },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += String(text);
  });
  child.stderr.on("data", (text) => {
    stderr += String(text);
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, ended };
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

describe("an export of points", () => {
  const DAYS = [DAY, "2024-01-02" as UtcDay];
  const NAMES = ["ses/a/temp", "ses/b/temp"];
  let worker: QueryServer;
  beforeEach(async () => {
    const bucket = new MemoryArchive();
    // More rows than a page has.
    for (const day of DAYS) bucket.place(objectKey(SITE, day), evenDay(day, NAMES, 30_000, 10_000).bytes);
    const nowMs = dayStartMs("2024-03-01" as UtcDay);
    worker = await QueryServer.open({ bucket, hot: new SqliteHot(), nowMs, hotDays: 20 });
  });
  afterEach(() => worker.close());
  const selected = (...args: string[]) => started(args, "", worker.url);

  it("goes on after a kill, and has every row once", async () => {
    const args = ["2024-01-02", "--points", "ses/*", "--out", "temp.parquet"];
    worker.faults.push(undefined, "silence");
    const killed = selected(...args);
    while (worker.queries.length < 2) await setTimeout(20);
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(filesBelow().sort()).toEqual([
      "temp.parquet.part",
      "temp.parquet.part.json",
      "temp.parquet.part.lock",
    ]);
    const { code, stdout } = await selected(...args).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: "temp.parquet\n" });
    expect(filesBelow()).toEqual(["temp.parquet"]);
    const rows = await readWithHyparquet(new Uint8Array(readFileSync(join(folder, "temp.parquet"))));
    const keys = rows.map(({ point_name, timestamp }) => `${point_name} ${timestamp}`);
    expect([rows.length, new Set(keys).size]).toEqual([120_000, 120_000]);
    expect(worker.queries.map((query) => query.has("cursor"))).toEqual([false, true, true]);
  });

  it("of a name that the site does not have is refused with near names, and leaves no file", async () => {
    const { code, stderr } = await selected("--points", "ses/a/tmp", "--out", "temp.csv").ended;
    expect(code).toBe(1);
    expect(stderr).toContain("On 2024-01-01 site_a has no point of that name.");
    expect(stderr).toContain('Did you mean "ses/a/temp"');
    expect(filesBelow()).toEqual([]);
  });

  it("with one name among others that the site does not have writes the others, and ends with 1", async () => {
    const args = [
      "--points",
      "ses/b/temp",
      "ses/a/tmp",
      "--interval",
      "1d",
      "--agg",
      "max",
      "--csv",
      "t.csv",
    ];
    const { code, stderr } = await selected(...args).ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('Did you mean "ses/a/temp"'),
    });
    expect(readFileSync(join(folder, "t.csv"), "utf8").split("\n")).toEqual([
      "timestamp,site_name,point_name,value",
      expect.stringMatching(/^2024-01-01T00:00:00.000Z,site_a,ses\/b\/temp,/),
      "",
    ]);
  });

  it("is refused where the command line is wrong", async () => {
    const cases: [string[], string][] = [
      [["--points", "a"], "--points needs a file."],
      [["--points", "a", "--out", "week"], "The name week does not say which format"],
      [["--points", "a", "--site", "site_b", "--out", "a.csv"], "--points are of one site."],
      [["--interval", "1h", "--out", "days"], "--interval is for an export of some points."],
      [["--format", "csv"], "--format is for an export of some points."],
      [["--points", "a", "--format", "xlsx", "--out", "a"], "xlsx"],
      [["--points", "a", "--interval", "7m", "--out", "a.csv"], "does not divide a day"],
    ];
    const ended = await Promise.all(cases.map(([args]) => selected(...args).ended));
    for (const [at, [, why]] of cases.entries()) {
      expect(ended[at]).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
    }
    expect(filesBelow()).toEqual([]);
  });

  it("takes its format from --format where the name says none", async () => {
    const { code } = await selected(
      "--points",
      "ses/a/temp",
      "--interval",
      "1h",
      "--format",
      "parquet",
      "--out",
      "t",
    ).ended;
    expect(code).toBe(0);
    expect(await readWithHyparquet(new Uint8Array(readFileSync(join(folder, "t"))))).toHaveLength(24);
  });
});
