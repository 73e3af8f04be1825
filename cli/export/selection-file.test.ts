import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import { queryWithDuckdb, readWithDuckdb } from "../../test/reference/duckdb.ts";
import { readWithArrow, readWithHyparquet } from "../../test/reference/other-readers.ts";
import { lines, type Row } from "../../test/reference/truth.ts";
import { evenDay, SITE } from "../../test/support/query/archive.ts";
import { MemoryArchive } from "../../test/support/query/memory-archive.ts";
import { SqliteHot } from "../../test/support/query/sqlite-hot.ts";
import { type AnswerFault, QueryServer } from "../../test/support/query-server.ts";
import type { PointSelection } from "./selection.ts";
import { type ReadOptions, writeSelection } from "./selection-file.ts";
import type { SelectionFormat } from "./selection-formats.ts";

const NAMES = ['a "quoted", name', "b/temp", "c/temp", "\u{1f321}/flow"];
const DAYS = ["2024-01-01", "2024-01-02", "2024-01-03"] as UtcDay[];
const FILES = DAYS.map((day, seed) => ({ day, ...evenDay(day, NAMES, 30, 7, seed) }));
const SELECTION: PointSelection = {
  site: SITE,
  from: "2024-01-01" as UtcDay,
  to: "2024-01-03" as UtcDay,
  points: ["*/temp", 'a "quoted", name'],
  interval: "raw",
};
/** The rows of the selection in the order of its file: by day, then by point, then by time. */
const ROWS: Row[] = FILES.flatMap(({ rows }) =>
  rows
    .filter(({ point }) => point < 3)
    .map(({ timestampMs, point, value }) => ({
      timestamp: timestampMs,
      point_name: NAMES[point] as string,
      value,
      site_name: SITE,
    })),
);
const AT_ONCE: ReadOptions = { batchRows: 40, waitsMs: [0, 0] };

let archive: MemoryArchive;
let server: QueryServer;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "backfill-selection-"));
  archive = new MemoryArchive();
  for (const { day, bytes } of FILES) archive.place(objectKey(SITE, day), bytes);
  const nowMs = dayStartMs("2024-03-01" as UtcDay);
  server = await QueryServer.open({ bucket: archive, hot: new SqliteHot(), nowMs, hotDays: 20 });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const path = (format: SelectionFormat = "csv") => join(folder, `selection.${format}`);
const write = (
  format: SelectionFormat,
  { selection = SELECTION, show = () => undefined }: { selection?: PointSelection; show?: () => void } = {},
) => writeSelection(server.query, path(format), format, selection, show, AT_ONCE);
const bytesOf = (format: SelectionFormat) => new Uint8Array(readFileSync(path(format)));
const csvOf = (rows: readonly Row[]) =>
  [
    "timestamp,site_name,point_name,value",
    ...rows.map(({ timestamp, point_name, value }) => {
      const name = point_name === 'a "quoted", name' ? '"a ""quoted"", name"' : point_name;
      return `${new Date(timestamp).toISOString()},site_a,${name},${value}`;
    }),
    "",
  ].join("\n");

/** A `show` that ends the export after so many batches, as a kill between two batches does. */
function killedAfter(batches: number) {
  let shown = 0;
  return () => {
    if (++shown === batches) throw new Error("killed");
  };
}

describe("a CSV of a selection", () => {
  it("has the rows of its points in order of day, then of point, then of time", async () => {
    expect(await write("csv")).toMatchObject({ rows: ROWS.length, missingDays: [], unseen: [] });
    expect(readFileSync(path(), "utf8")).toBe(csvOf(ROWS));
    expect(readdirSync(folder)).toEqual(["selection.csv"]);
  });

  it("has an aggregate of each interval", async () => {
    const selection: PointSelection = { ...SELECTION, points: ["b/temp"], interval: "1d", agg: "count" };
    await write("csv", { selection });
    const days = DAYS.map((day) => `${day}T00:00:00.000Z,site_a,b/temp,30`);
    expect(readFileSync(path(), "utf8")).toBe(
      ["timestamp,site_name,point_name,value", ...days, ""].join("\n"),
    );
  });
});

describe("a Parquet file of a selection", () => {
  it("is read alike by hyparquet, DuckDB and Arrow", async () => {
    await write("parquet");
    const file = bytesOf("parquet");
    for (const read of [readWithHyparquet, readWithDuckdb, readWithArrow]) {
      expect(lines(await read(file))).toEqual(lines(ROWS));
    }
  });

  it("says in its footer what it is", async () => {
    await write("parquet", { selection: { ...SELECTION, interval: "1h" } });
    const found = await queryWithDuckdb(
      bytesOf("parquet"),
      (file) => `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${file}')`,
    );
    expect(Object.fromEntries(found.map(({ key, value }) => [key, value]))).toEqual({
      site_name: "site_a",
      from: "2024-01-01",
      to: "2024-01-03",
      interval: "1h",
      aggregate: "avg",
      points: JSON.stringify(['a "quoted", name', "b/temp", "c/temp"]),
    });
  });

  it("has several row groups, whose statistics are right", async () => {
    await write("parquet");
    const groups = await queryWithDuckdb(
      bytesOf("parquet"),
      (file) =>
        `SELECT row_group_num_rows::INT AS rows, stats_min_value AS least, stats_max_value AS greatest
         FROM parquet_metadata('${file}') WHERE path_in_schema = 'point_name' ORDER BY row_group_id`,
    );
    expect(groups.length).toBeGreaterThan(3);
    let at = 0;
    for (const { rows, least, greatest } of groups) {
      const names = ROWS.slice(at, at + Number(rows)).map(({ point_name }) => point_name);
      expect([least, greatest]).toEqual([names.toSorted()[0], names.toSorted().at(-1)]);
      at += Number(rows);
    }
    expect(at).toBe(ROWS.length);
  });
});

describe.each(["csv", "parquet"] as const)("an interrupted %s", (format) => {
  it.each([1, 2, 4])("continues after batch %i, with the same bytes", async (batch) => {
    await write(format);
    const whole = bytesOf(format);
    const requests = server.queries.length;
    rmSync(path(format));
    server.queries.length = 0;
    await expect(write(format, { show: killedAfter(batch) })).rejects.toThrow("killed");
    expect(existsSync(path(format))).toBe(false);
    // The rows of a batch that was being written.
    writeFileSync(`${path(format)}.part`, "2024-01-0", { flag: "a" });
    await write(format);
    expect(bytesOf(format)).toEqual(whole);
    expect(server.queries).toHaveLength(requests);
    expect(readdirSync(folder)).toEqual([`selection.${format}`]);
  });

  it("keeps the points that its patterns stood for", async () => {
    await expect(write(format, { show: killedAfter(3) })).rejects.toThrow("killed");
    const renamed = evenDay("2024-01-03" as UtcDay, [...NAMES, "z/temp"].sort(), 30, 7, 2);
    archive.place(objectKey(SITE, "2024-01-03" as UtcDay), renamed.bytes);
    server.paths.length = 0;
    const { names } = await write(format);
    expect(names).toEqual(['a "quoted", name', "b/temp", "c/temp"]);
    expect(server.paths).not.toContain("/timeseries/points");
  });

  it("starts again when its part was truncated", async () => {
    await write(format);
    const whole = bytesOf(format);
    rmSync(path(format));
    await expect(write(format, { show: killedAfter(2) })).rejects.toThrow("killed");
    writeFileSync(`${path(format)}.part`, "PAR");
    await write(format);
    expect(bytesOf(format)).toEqual(whole);
  });

  it("is complete after a kill between its last byte and its name", async () => {
    await write(format);
    const whole = bytesOf(format);
    rmSync(path(format));
    const last = Math.ceil(ROWS.length / 40);
    await expect(write(format, { show: killedAfter(last) })).rejects.toThrow("killed");
    writeFileSync(`${path(format)}.part`, "PAR1", { flag: "a" });
    server.queries.length = 0;
    await write(format);
    expect(bytesOf(format)).toEqual(whole);
    expect(server.queries).toEqual([]);
  });

  it("does not continue another selection, format or Worker", async () => {
    await expect(write(format, { show: killedAfter(1) })).rejects.toThrow("killed");
    for (const changed of [{ points: ["b/temp"] }, { interval: "1h" }, { to: "2024-01-02" as UtcDay }]) {
      await expect(write(format, { selection: { ...SELECTION, ...changed } })).rejects.toThrow(
        /belong to another export/,
      );
    }
    const other = format === "csv" ? "parquet" : "csv";
    await expect(
      writeSelection(server.query, path(format), other, SELECTION, () => undefined),
    ).rejects.toThrow(/belong to another export/);
  });

  it("says what to remove when the Worker rejects its cursor", async () => {
    await expect(write(format, { show: killedAfter(1) })).rejects.toThrow("killed");
    const stored = `${path(format)}.part.json`;
    const progress = JSON.parse(readFileSync(stored, "utf8"));
    writeFileSync(stored, JSON.stringify({ ...progress, cursor: "of-another-version" }));
    await expect(write(format)).rejects.toMatchObject({
      advice: expect.stringContaining(`Remove ${path(format)}`),
    });
  });
});

describe("a broken answer", () => {
  it.each(["503", "cut off"] as const)("(%s) is asked for again", async (fault) => {
    server.faults.push(undefined, fault, fault);
    await write("csv");
    expect(server.faults).toEqual([]);
    expect(readFileSync(path(), "utf8")).toBe(csvOf(ROWS));
  });

  it.each([
    ["503", /Archive unavailable/],
    ["cut off", /can't be reached/],
    ["no JSON", /no JSON/],
  ] as [AnswerFault, RegExp][])(
    "(%s) that repeats ends the export with its reason, and the next one continues",
    async (fault, why) => {
      server.faults.push(undefined, undefined, fault, fault, fault);
      await expect(write("csv")).rejects.toThrow(why);
      expect(existsSync(path())).toBe(false);
      server.faults.length = 0;
      const before = server.queries.length;
      await write("csv");
      expect(readFileSync(path(), "utf8")).toBe(csvOf(ROWS));
      expect(server.queries[before]?.get("cursor")).not.toBeNull();
    },
  );
});

describe("a selection", () => {
  it("names the days that are not archived and the points without a sample", async () => {
    archive.remove(objectKey(SITE, "2024-01-02" as UtcDay));
    const selection = { ...SELECTION, points: ["b/temp", "b/temper"] };
    await expect(write("csv", { selection, show: killedAfter(1) })).rejects.toThrow("killed");
    expect(await write("csv", { selection })).toMatchObject({
      missingDays: ["2024-01-02"],
      unseen: ["b/temper"],
      rows: 60,
    });
  });

  it("without any sample leaves no file", async () => {
    expect(await write("parquet", { selection: { ...SELECTION, points: ["nothing"] } })).toMatchObject({
      rows: 0,
      unseen: ["nothing"],
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("of a pattern that no point matches is an error that names the day that was searched", async () => {
    await expect(write("csv", { selection: { ...SELECTION, points: ["*/nothing"] } })).rejects.toThrow(
      "No point of site_a matches '*/nothing' on 2024-01-03.",
    );
  });

  it("of more days than a query may have is read in several queries", async () => {
    const selection = { ...SELECTION, from: "2023-01-01" as UtcDay, points: ["b/temp"] };
    const { rows, missingDays } = await write("csv", { selection });
    expect([rows, missingDays.length]).toEqual([90, 365]);
    const spans = server.queries.map((query) => [query.get("start_time"), query.get("end_time")].map(Number));
    expect(new Set(spans.map(([from = 0, to = 0]) => (to - from) / 86_400_000))).toEqual(new Set([366, 2]));
  });

  it("is not written over a file", async () => {
    await write("csv");
    const { mtimeMs } = statSync(path());
    await expect(write("csv")).rejects.toThrow(/already exists/);
    expect(statSync(path()).mtimeMs).toBe(mtimeMs);
  });
});
