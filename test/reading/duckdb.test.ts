import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RollupPeriod } from "../../src/domain/rollup.ts";
import {
  type ArchivedRow,
  clearRollup,
  DAYS,
  hourOf,
  OTHER_SITE,
  pointsOf,
  ROWS,
  SITE,
  writeArchive,
} from "./archive-folder.ts";
import { recipesFor } from "./recipes.ts";

const TEMP = `ses/${SITE}/weather/temp`;
const RECIPES = recipesFor("DuckDB").map(({ code }) => code);
const recipe = (part: string) => RECIPES.find((code) => code.includes(part)) as string;
/** The statement that sets a variable, of the recipe that makes a view with it. */
const variableOf = (name: string) => recipe(`SET VARIABLE ${name}`).split("CREATE VIEW")[0] as string;
const query = (from: string) =>
  RECIPES.find((code) => /^SELECT/m.test(code) && code.includes(`\nFROM ${from}`)) as string;

let folder: string;
let connection: DuckDBConnection;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "backfill-reading-"));
  await writeArchive(folder);
  connection = await (await DuckDBInstance.create()).connect();
  await run(`SET file_search_path = '${folder}'`);
  for (const code of RECIPES) await run(code);
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true });
});

/** Runs all statements; the rows of the last. */
async function run(sql: string) {
  return (await connection.runAndReadAll(sql)).getRowObjects();
}

/** How many of how many files the scans of a query open. */
async function filesRead(sql: string): Promise<string[]> {
  const [plan] = await run(`EXPLAIN ANALYZE ${sql.replace(/^--.*\n/, "")}`);
  return [...String(plan?.explain_value).matchAll(/Scanning Files: (\d+\/\d+)/g)].map(
    ([, files = ""]) => files,
  );
}

/** The hours of rows, by their own arithmetic. */
function hoursOf(rows: readonly ArchivedRow[]) {
  const groups = Map.groupBy(rows, ({ site, point, ms }) => `${hourOf(ms)} ${site} ${point}`);
  return [...groups]
    .map(([key, all]) => {
      const values = all.toSorted((a, b) => a.ms - b.ms).map(({ value }) => value);
      const sum = values.reduce((total, value) => total + value, 0);
      return [
        key,
        values.length,
        sum.toFixed(6),
        Math.min(...values),
        Math.max(...values),
        values[0],
        values.at(-1),
      ];
    })
    .sort();
}

async function hoursInView() {
  const rows = await run(
    `SELECT epoch_ms(timestamp)::DOUBLE AS ms, site_name, point_name, count::INT AS count, sum, min, max, first, last FROM hours`,
  );
  return rows
    .map(({ ms, site_name, point_name, count, sum, min, max, first, last }) => [
      `${ms} ${site_name} ${point_name}`,
      ...[count, Number(sum).toFixed(6), min, max, first, last],
    ])
    .sort();
}

const lines = (rows: readonly ArchivedRow[]) =>
  rows.map(({ site, point, ms, value }) => `${ms} ${site} ${point} ${value}`).sort();

async function samplesInView() {
  const rows = await run(
    "SELECT epoch_ms(timestamp)::DOUBLE AS ms, site_name, point_name, value FROM samples",
  );
  return rows
    .map(({ ms, site_name, point_name, value }) => `${ms} ${site_name} ${point_name} ${value}`)
    .sort();
}

describe("the recipes for DuckDB", () => {
  it("read a point of some days, and open only the files of these days", async () => {
    const found = await run(query("days"));
    const expected = ROWS.filter(({ point, ms }) => point === TEMP && ms < Date.UTC(2024, 1, 1));
    expect(found.map(({ value }) => value)).toEqual(expected.map(({ value }) => value));
    // Of eight day files, those of two sites on three days of January.
    expect(await filesRead(query("days"))).toEqual(["6/8"]);
  });

  it("give every hour once: from quarters for the days that they name, from day files for all others", async () => {
    expect(await run("SELECT * FROM described_days('rollups/1hr/*/*/*.parquet')")).toHaveLength(4);
    expect(await hoursInView()).toEqual(hoursOf(ROWS));
    expect(await filesRead("SELECT count(*) FROM hours")).toEqual(["4/8"]);
  });

  it("give the same hours after a roll-up was cleared, once the variable is set again", async () => {
    const setVariable = variableOf("days_without_quarter");
    clearRollup(folder, OTHER_SITE, "2024-Q1" as RollupPeriod);
    await run(setVariable);
    expect(await hoursInView()).toEqual(hoursOf(ROWS));
    expect(await filesRead("SELECT count(*) FROM hours")).toEqual(["6/8"]);
    for (const site of [SITE, OTHER_SITE]) clearRollup(folder, site, "2024-Q1" as RollupPeriod);
    await run(setVariable);
    expect(await hoursInView()).toEqual(hoursOf(ROWS));
    await writeArchive(folder);
    await run(setVariable);
  });

  it("give the same hours where quarters name all days, so that no day file is left", async () => {
    await run("SET VARIABLE days_without_quarter = []::VARCHAR[]");
    const [rows] = await run("SELECT sum(count)::INT AS samples FROM hours");
    expect(rows?.samples).toBe(ROWS.filter(({ ms }) => ms < Date.UTC(2024, 0, 3)).length);
    await run(variableOf("days_without_quarter"));
  });

  it("give every sample once: from months for the days that they name, from day files for all others", async () => {
    expect(await run("SELECT * FROM described_days('rollups/raw/*/*/*.parquet')")).toHaveLength(4);
    expect(await samplesInView()).toEqual(lines(ROWS));
    // Of eight day files, those of two sites on the two days that no month has; of months all.
    expect(await filesRead("SELECT count(*) FROM samples")).toEqual(["4/8"]);
  });

  it("give a year of a point, and open only the files of the site and its year", async () => {
    const found = await run(query("samples"));
    const expected = ROWS.filter(({ point }) => point === TEMP).toSorted((a, b) => a.ms - b.ms);
    expect(found.map(({ value }) => value)).toEqual(expected.map(({ value }) => value));
    expect(await filesRead(query("samples"))).toEqual(["2/4", "2/8"]);
    const ofApril = query("samples").replace("'2024/01'", "'2024/04'");
    expect(await run(ofApril)).toHaveLength(90);
    expect(await filesRead(ofApril)).toEqual(["1/4", "1/8"]);
  });

  it("give the same samples after a month was cleared, once the variable is set again", async () => {
    clearRollup(folder, SITE, "2024-01" as RollupPeriod);
    await run(variableOf("days_without_month"));
    expect(await samplesInView()).toEqual(lines(ROWS));
    await writeArchive(folder);
    await run(variableOf("days_without_month"));
  });

  it("say how many days each month has", async () => {
    const found = await run(query("described_days"));
    expect(found).toEqual([{ month: "2024-01", days: 2n }]);
  });

  it("do not depend on the time zone of the connection", async () => {
    await run("SET TimeZone = 'Asia/Kolkata'");
    expect(await hoursInView()).toEqual(hoursOf(ROWS));
    expect(await samplesInView()).toEqual(lines(ROWS));
    await run("SET TimeZone = 'UTC'");
  });

  it("give the mean of each hour of a point", async () => {
    const means = (await run(query("hours"))).map(({ mean }) => Number(mean).toFixed(6));
    const expected = hoursOf(ROWS.filter(({ point }) => point === TEMP)).map(([, count, sum]) =>
      (Number(sum) / Number(count)).toFixed(6),
    );
    expect(means.toSorted()).toEqual(expected.toSorted());
    expect(means).toHaveLength(DAYS.length * 23);
  });

  it("join hours with what their points mean", async () => {
    const found = await run(query("hours h"));
    const fahrenheit = pointsOf(SITE).filter((point) => !point.endsWith("humidity"));
    expect(new Set(found.map(({ point_name }) => point_name))).toEqual(new Set(fahrenheit));
    expect(new Set(found.map(({ units }) => units))).toEqual(new Set(["degreesFahrenheit"]));
    expect(found).toHaveLength(fahrenheit.length * DAYS.length * 23);
  });
});
