import { expect, test } from "vitest";
import { dayEvidence, dayView } from "../test/support/dashboard-status.ts";
import { evidenceLines } from "./evidence-lines.ts";

const WIDTH = 100;

test("counts are listed by day with a total, and dropped rows by point with the number of days", () => {
  const text = { point_name: "a/mode", reason: "text", value: "Occupied" };
  const evidences = [
    dayEvidence({ rejected_examples: [text], unconfigured_names: ["old/1", "old/2"] }),
    dayEvidence({
      rejected_examples: [
        { ...text, value: "Standby" },
        { point_name: "", reason: "shape", value: "null" },
      ],
      unconfigured_names: ["old/1"],
    }),
  ];
  const days = evidences.map((evidence, index) =>
    dayView(`2024-01-0${index + 1}`, "completed", { evidence }),
  );
  expect(evidenceLines("a", [...days, dayView("2024-01-03", "pending")], WIDTH)).toEqual([
    "a",
    "day         fetched  written  rejected  outside  unconfigured  duplicates",
    "─".repeat(73),
    "2024-01-01      100       90         4        2             1           3",
    "2024-01-02      100       90         4        2             1           3",
    "─".repeat(73),
    "total           200      180         8        4             2           6",
    "",
    "rejected rows (at most 20 points and reasons for each day):",
    "point      reason  for example  days",
    "─".repeat(36),
    "a/mode     text    Occupied        2",
    "(no name)  shape   null            1",
    "",
    "points that are not configured (at most 20 for each day):",
    "point  days",
    "─".repeat(11),
    "old/1     2",
    "old/2     1",
  ]);
});

test("names and values can't control the terminal", () => {
  const evidence = dayEvidence({
    rejected_examples: [{ point_name: "a\u001b[2J", reason: "text", value: "x\ny\u202e" }],
    unconfigured_names: ["\u009b1m"],
  });
  const text = evidenceLines("a", [dayView("2024-01-01", "completed", { evidence })], WIDTH).join("\n");
  expect(text).toContain("a\\u{1b}[2J");
  expect(text).toContain("x\\u{a}y\\u{202e}");
  expect(text).toContain("\\u{9b}1m");
});

test("days that do not name what they dropped are counted, and days without evidence are said to have none", () => {
  const days = [dayView("2024-01-01", "completed", { evidence: dayEvidence() })];
  expect(evidenceLines("a", days, WIDTH).at(-1)).toContain("1 day does not name the dropped points");
  expect(evidenceLines("a", [dayView("2024-01-01", "failed")], WIDTH)).toEqual([
    "a",
    "  no day has evidence",
  ]);
});

test("rows from hot storage have a column where any day has some", () => {
  const days = [
    dayView("2024-01-01", "completed", { evidence: dayEvidence({}) }),
    dayView("2024-01-02", "completed", { evidence: dayEvidence({ from_hot: 7 }) }),
  ];
  const [, head, , first, second] = evidenceLines("a", days, WIDTH);
  expect(head).toMatch(/^day +fetched {2}from hot {2}written /);
  expect([first, second]).toEqual([
    expect.stringMatching(/^2024-01-01 +100 +0 +90 /),
    expect.stringMatching(/^2024-01-02 +100 +7 +90 /),
  ]);
});
