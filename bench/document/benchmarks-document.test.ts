import { expect, it } from "vitest";
import { atMost, report } from "../measure/measure.ts";
import { type BenchRun, benchmarksDocument } from "./benchmarks-document.ts";

const RUN: BenchRun = {
  date: "2026-11-24",
  command: "npm run bench -- --quick",
  quick: true,
  machine: ["2 cores of a CPU", "4 GiB of memory"],
  versions: ["Node 24.1.0", "workerd 1.2.3"],
  sections: [],
};

it("begins with the command, the date, the machine and the versions", () => {
  const text = benchmarksDocument(RUN);
  expect(text).toMatch(/^# Benchmarks\n\nWritten by `npm run bench -- --quick` on 2026-11-24, a quick run/);
  expect(text).toContain("| machine | 2 cores of a CPU, 4 GiB of memory |\n");
  expect(text).toContain("| versions | Node 24.1.0, workerd 1.2.3 |\n");
  expect(benchmarksDocument({ ...RUN, quick: false })).toContain("on 2026-11-24, a full run.");
});

it("a section has its tables first, then its figures with their bounds", () => {
  const text = benchmarksDocument({
    ...RUN,
    sections: [
      {
        title: "Pacing",
        about: "How much of the limit is used.",
        tables: [{ title: "By latency", columns: ["latency", "wall ÷ floor"], rows: [["1 ×", "1.02"]] }],
        figures: [atMost("wall ÷ floor", 1.02, 1.03), report("requests", "600")],
      },
    ],
  });
  expect(text.slice(text.indexOf("## "))).toBe(
    [
      "## Pacing",
      "",
      "How much of the limit is used.",
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
});

it("marks a figure beyond its bound, and a cell does not end at a bar or a new line", () => {
  const text = benchmarksDocument({
    ...RUN,
    sections: [{ title: "t", about: "a", tables: [], figures: [atMost("a | b\nc", 2, 1)] }],
  });
  expect(text).toContain("| a \\| b c | 2 | ≤ 1 **OVER** |");
});
