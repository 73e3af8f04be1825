import { expect, it } from "vitest";
import { atMost, report } from "../measure/measure.ts";
import {
  type BenchMachine,
  benchmarksDocument,
  type MeasuredSection,
  withSection,
} from "./benchmarks-document.ts";

const ON: BenchMachine = {
  machine: ["2 cores of a CPU", "4 GiB of memory"],
  versions: ["Node 24.1.0", "workerd 1.2.3"],
};
const PACING: MeasuredSection = {
  title: "Pacing",
  about: "How much of the limit is used.",
  command: "npm run bench",
  date: "2026-11-24",
  quick: false,
  tables: [{ title: "By latency", columns: ["latency", "wall ÷ floor"], rows: [["1 ×", "1.02"]] }],
  figures: [atMost("wall ÷ floor", 1.02, 1.03), report("requests", "600")],
};
const COST: MeasuredSection = { ...PACING, title: "Cost", tables: [], figures: [] };

it("begins with the machine and the versions", () => {
  const text = benchmarksDocument(ON, []);
  expect(text).toMatch(/^# Benchmarks\n\nWritten by `npm run bench`/);
  expect(text).toContain("| machine | 2 cores of a CPU, 4 GiB of memory |\n");
  expect(text).toContain("| versions | Node 24.1.0, workerd 1.2.3 |\n");
});

it("a section says how it was measured, and has its tables first, then its figures with their bounds", () => {
  const text = benchmarksDocument(ON, [PACING]);
  expect(text.slice(text.indexOf("## "))).toBe(
    [
      "## Pacing",
      "",
      "How much of the limit is used.",
      "",
      "Measured by `npm run bench` on 2026-11-24.",
      "",
      "**By latency**",
      "",
      "| latency | wall ÷ floor |",
      "|---|--:|",
      "| 1 × | 1.02 |",
      "",
      "| what | figure | bound |",
      "|---|--:|--:|",
      "| wall ÷ floor | 1.02 | ≤ 1.03 |",
      "| requests | 600 |  |",
      "",
    ].join("\n"),
  );
  expect(benchmarksDocument(ON, [{ ...PACING, quick: true }])).toContain("on 2026-11-24, a quick run,");
});

it("marks a figure beyond its bound, and a cell does not end at a bar or a new line", () => {
  const text = benchmarksDocument(ON, [{ ...COST, figures: [atMost("a | b\nc", 2, 1)] }]);
  expect(text).toContain("| a \\| b c | 2 | ≤ 1 **OVER** |");
});

it("a section takes the place of the one with its title", () => {
  const again = { ...PACING, date: "2026-12-01", command: "npm run bench -- --only pacing" };
  for (const sections of [
    [PACING, COST],
    [COST, PACING],
  ]) {
    const expected = benchmarksDocument(
      ON,
      sections.map((each) => (each === PACING ? again : each)),
    );
    expect(withSection(benchmarksDocument(ON, sections), ON, again)).toBe(expected);
  }
});

it("no section of another machine or of other versions, and none that is missing, is replaced", () => {
  const document = benchmarksDocument(ON, [PACING]);
  expect(withSection(document, { ...ON, versions: ["Node 25"] }, PACING)).toBeUndefined();
  expect(withSection(document, ON, COST)).toBeUndefined();
});
