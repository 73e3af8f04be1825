import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ArchivedRow, hourOf, ROWS, SITE, writeArchive } from "./archive-folder.ts";
import { recipes } from "./recipes.ts";

/** `PYTHON` names another interpreter, such as one of a virtual environment. */
const PYTHON = process.env.PYTHON ?? "python3";
const OF_YEAR = ROWS.filter(({ point }) => point === `ses/${SITE}/weather/temp`);
const SAMPLES = OF_YEAR.filter(({ ms }) => ms < Date.UTC(2024, 1, 1));
const sumOf = (rows: readonly ArchivedRow[]) =>
  Number(rows.reduce((sum, { value }) => sum + value, 0).toFixed(6));
const HOURS = new Set(SAMPLES.map(({ ms }) => hourOf(ms)));
/** The quarter has two of the days. */
const ROLLED_UP = SAMPLES.filter(({ ms }) => ms < Date.UTC(2024, 0, 3));

interface Expected {
  readonly modules: readonly string[];
  /** Printed after the recipe, as JSON. */
  readonly expression: string;
  readonly value: readonly number[];
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  Polars: {
    modules: ["polars"],
    expression: "[hourly.height, days.select(pl.len()).collect().item()]",
    value: [HOURS.size, SAMPLES.length * 3],
  },
  pandas: {
    modules: ["pandas", "pyarrow"],
    expression: "[len(frame), round(float(frame['value'].sum()), 6)]",
    value: [SAMPLES.length, sumOf(SAMPLES)],
  },
  "Arrow, months and days": {
    modules: ["pyarrow"],
    expression: "[samples.num_rows, round(sum(samples['value'].to_pylist()), 6), len(months), len(days)]",
    // January has two days of three, April none of one.
    value: [OF_YEAR.length, sumOf(OF_YEAR), 2, 2],
  },
  Arrow: {
    modules: ["pyarrow"],
    expression: "[hours.num_rows, sum(hours['count'].to_pylist())]",
    value: [new Set(ROLLED_UP.map(({ ms }) => hourOf(ms))).size, ROLLED_UP.length],
  },
};
/** Not run: they need an account, a JVM or a catalog. */
const PARSED = ["Polars, on R2", "Arrow, on R2", "Spark", "Iceberg"];

const python = (code: string, cwd: string, input?: string) =>
  spawnSync(PYTHON, ["-c", code], { cwd, encoding: "utf8", ...(input === undefined ? {} : { input }) });

function hasModules(modules: readonly string[]): boolean {
  const { status } = python(modules.map((name) => `import ${name}`).join("\n"), tmpdir());
  if (status !== 0) {
    console.warn(
      `SKIPPED: ${PYTHON} has no ${modules.join(" and ")}; a recipe of docs/reading.md is not run`,
    );
  }
  return status === 0;
}

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "backfill-reading-python-"));
  await writeArchive(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the recipes for Python", () => {
  const all = recipes().filter(({ language }) => language === "python");

  it("are known: each is run or parsed", () => {
    expect(all.map(({ title }) => title).sort()).toEqual([...Object.keys(EXPECTED), ...PARSED].sort());
  });

  it.for(Object.entries(EXPECTED))(
    "for %s read what the archive has",
    ([title, { modules, expression, value }], { skip }) => {
      if (!hasModules(modules)) return skip();
      const code = all.find((recipe) => recipe.title === title)?.code ?? "";
      const { status, stdout, stderr } = python(
        `${code}\nimport json\nprint(json.dumps(${expression}))`,
        folder,
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toEqual(value);
    },
  );

  it("that are not run are valid Python", ({ skip }) => {
    if (!hasModules(["ast"])) return skip();
    for (const { title, code } of all.filter((recipe) => PARSED.includes(recipe.title))) {
      const { status, stderr } = python("import ast, sys\nast.parse(sys.stdin.read())", folder, code);
      expect({ title, status, stderr }).toEqual({ title, status: 0, stderr: "" });
    }
  });
});
