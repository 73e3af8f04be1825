import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { UtcDay } from "../../src/domain/day.ts";
import { type Fault, FileServer } from "../../test/support/file-server.ts";
import { evenDay, SITE } from "../../test/support/query/archive.ts";
import { type ExportRange, writeCsvFile } from "./csv-file.ts";
import { fetchFile } from "./fetch-file.ts";
import { exportFile } from "./parquet-folder.ts";

const NAMES = ['a "quoted", name', "b"];
const DAYS = ["2024-01-01", "2024-01-02", "2024-01-03"] as UtcDay[];
const FILES = DAYS.map((day, seed) => evenDay(day, NAMES, 30, 7, seed));
const [DAY, FILE] = [DAYS[0] as UtcDay, FILES[0]?.bytes as Uint8Array];
const AT_ONCE = [0, 0];

let server: FileServer;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "backfill-export-"));
  server = await FileServer.open();
  for (const [index, day] of DAYS.entries()) server.files.set(day, FILES[index]?.bytes as Uint8Array);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe("a file", () => {
  async function fetched(faults: readonly Fault[]) {
    server.faults.push(...faults);
    let received: Uint8Array[] = [];
    const sink = {
      begin: async () => {
        received = [];
      },
      write: async (chunk: Uint8Array) => {
        received.push(chunk);
      },
    };
    const archived = await fetchFile(server.query, SITE, DAY, sink, AT_ONCE);
    return archived && Buffer.concat(received).equals(FILE);
  }

  it.each(["503", "cut off", "other bytes", "too short"] as const)(
    "that arrives damaged (%s) is fetched again",
    async (fault) => {
      expect(await fetched([fault, fault])).toBe(true);
      expect(server.requests).toHaveLength(3);
    },
  );

  it.each([
    ["503", /rejected the request \(503\): Archive unavailable/],
    ["cut off", /closed after 10 of/],
    ["other bytes", /SHA-256 differs/],
    ["too short", /SHA-256 differs/],
  ] as const)("that always arrives damaged (%s) is an error", async (fault, why) => {
    await expect(fetched([fault, fault, fault])).rejects.toThrow(why);
  });
});

describe("a folder", () => {
  const path = () => join(folder, "timeseries/2024/01/01/site_a.parquet");

  it("gets a file at the path of its key in R2, byte for byte, and fetches it once", async () => {
    expect(await exportFile(server.query, folder, SITE, DAY)).toMatchObject({
      kind: "fetched",
      path: path(),
    });
    expect(readFileSync(path()).equals(FILE)).toBe(true);
    expect(await exportFile(server.query, folder, SITE, DAY)).toMatchObject({
      kind: "unchanged",
      bytes: FILE.length,
    });
    expect(server.requests).toEqual(["GET 2024-01-01", "HEAD 2024-01-01"]);
  });

  it("fetches a file again when its bytes differ, also with the same length", async () => {
    await exportFile(server.query, folder, SITE, DAY);
    writeFileSync(
      path(),
      FILE.map((byte, index) => (index === 50 ? byte ^ 1 : byte)),
    );
    expect(await exportFile(server.query, folder, SITE, DAY)).toMatchObject({ kind: "fetched" });
    expect(readFileSync(path()).equals(FILE)).toBe(true);
  });

  it("removes the part of a killed export, and keeps that of a running one", async () => {
    mkdirSync(dirname(path()), { recursive: true });
    const killed = spawnSync(process.execPath, ["--version"]).pid;
    const running = process.ppid;
    for (const pid of [killed, running]) writeFileSync(`${path()}.${pid}.part`, "PAR1");
    await exportFile(server.query, folder, SITE, DAY);
    expect(readdirSync(dirname(path())).sort()).toEqual(["site_a.parquet", `site_a.parquet.${running}.part`]);
    expect(readFileSync(path()).equals(FILE)).toBe(true);
  });

  it("has no file of a day that is not archived", async () => {
    expect(await exportFile(server.query, folder, SITE, "2024-01-09" as UtcDay)).toEqual({ kind: "missing" });
    expect(readdirSync(join(folder, "timeseries/2024/01/09"))).toEqual([]);
  });
});

describe("a CSV", () => {
  const path = () => join(folder, "days.csv");
  const RANGE: ExportRange = { from: DAY, to: DAYS[2] as UtcDay, sites: [SITE] };
  const write = (show: () => void = () => undefined, range = RANGE) =>
    writeCsvFile(server.query, path(), range, show);
  const expected = () =>
    [
      "timestamp,site_name,point_name,value",
      ...FILES.flatMap(({ rows }) =>
        rows.map(({ timestampMs, point, value }) => {
          const name = point === 0 ? '"a ""quoted"", name"' : "b";
          return `${new Date(timestampMs).toISOString()},site_a,${name},${value}`;
        }),
      ),
      "",
    ].join("\n");

  it("has every row of every day in the order of the files", async () => {
    expect(await write()).toEqual([]);
    expect(readFileSync(path(), "utf8")).toBe(expected());
    expect(readdirSync(folder)).toEqual(["days.csv"]);
  });

  it.each([1, 2])("that was interrupted after day %i continues there", async (whole) => {
    let files = 0;
    const broken = write(() => {
      if (++files === whole) throw new Error("killed");
    });
    await expect(broken).rejects.toThrow("killed");
    expect(existsSync(path())).toBe(false);
    writeFileSync(`${path()}.part`, "2024-01-0", { flag: "a" });
    server.requests.length = 0;
    expect(await write()).toEqual([]);
    expect(readFileSync(path(), "utf8")).toBe(expected());
    expect(server.requests).toHaveLength(DAYS.length - whole);
  });

  it("starts again when its part was truncated", async () => {
    await expect(
      write(() => {
        throw new Error("killed");
      }),
    ).rejects.toThrow("killed");
    writeFileSync(`${path()}.part`, "timestamp");
    expect(await write()).toEqual([]);
    expect(readFileSync(path(), "utf8")).toBe(expected());
  });

  it("is written by one process at a time", async () => {
    let second: Promise<unknown> | undefined;
    await write(() => {
      second ??= expect(write()).rejects.toThrow(/in use by process/);
    });
    await second;
    expect(readFileSync(path(), "utf8")).toBe(expected());
  });

  it("returns the days that are not archived, also those that an earlier, interrupted export found missing", async () => {
    server.files.delete(DAYS[0] as string);
    await expect(
      write(() => {
        throw new Error("killed");
      }),
    ).rejects.toThrow("killed");
    expect(await write()).toEqual(["2024-01-01 of site_a"]);
  });

  it("is not overwritten, and does not continue another export", async () => {
    const killed = () => {
      throw new Error("killed");
    };
    await expect(write(killed)).rejects.toThrow("killed");
    await expect(write(undefined, { ...RANGE, to: DAY })).rejects.toThrow(
      /belong to 2024-01-01 to 2024-01-03/,
    );
    await write();
    await expect(write()).rejects.toThrow(/already exists/);
  });
});
