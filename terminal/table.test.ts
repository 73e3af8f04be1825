import { expect, it } from "vitest";
import { type Column, tableLines } from "./table.ts";

const COLUMNS: Column[] = [
  { title: "day", align: "left" },
  { title: "rows", align: "right" },
  { title: "object", align: "left", below: true },
];
const ROWS = [
  ["2024-01-01", "1,234", "timeseries/a.parquet"],
  ["2024-01-02", "9", "timeseries/b.parquet"],
];

it("aligns words to the left and numbers to the right", () => {
  expect(tableLines(COLUMNS, ROWS, { width: 80 })).toEqual([
    "day          rows  object",
    "─".repeat(39),
    "2024-01-01  1,234  timeseries/a.parquet",
    "2024-01-02      9  timeseries/b.parquet",
  ]);
});

it("puts columns that may move below the row on a separate line in a narrow terminal", () => {
  expect(tableLines(COLUMNS, ROWS, { width: 30 })).toEqual([
    "day          rows",
    "  object",
    "─".repeat(22),
    "2024-01-01  1,234",
    "  timeseries/a.parquet",
    "2024-01-02      9",
    "  timeseries/b.parquet",
  ]);
});

it("puts a rule above the sums", () => {
  const lines = tableLines(COLUMNS, [...ROWS, ["2 days", "1,243", ""]], { width: 80, footRows: 1 });
  expect(lines.slice(-2)).toEqual(["─".repeat(39), "2 days      1,243"]);
});

it("narrows the gaps before it exceeds the width", () => {
  expect(tableLines(COLUMNS.slice(0, 2), ROWS, { width: 16 })[2]).toBe("2024-01-01 1,234");
});

it("shortens names in the middle where the columns do not fit, and breaks what is below at words", () => {
  const columns: Column[] = [
    { title: "point", align: "left", names: true },
    { title: "samples", align: "right" },
    { title: "error", align: "left", below: true },
  ];
  const rows = [["ses/ses_falls_city/ahu_1/supply_temp", "1,440", "no answer within 30,000 ms"]];
  expect(tableLines(columns, rows, { width: 24 })).toEqual([
    "point            samples",
    "  error",
    "────────────────────────",
    "ses/s…upply_temp   1,440",
    "  no answer within",
    "  30,000 ms",
  ]);
  expect(tableLines(columns, rows, { width: 200 })[2]).toContain("ses/ses_falls_city/ahu_1/supply_temp");
});
