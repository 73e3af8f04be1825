import { expect, test } from "vitest";
import { SqliteDatabase } from "../../../../test/world/harness/sqlite-store.ts";
import type { UtcDay } from "../../../domain/day.ts";
import { POINT_ROWS_BYTES_MAX, POINT_ROWS_MAX } from "../../../domain/limits.ts";
import { compareNames } from "../../../domain/point-name.ts";
import { NO_FIELDS, type PointRow } from "../../../domain/point-row.ts";
import { migrate } from "../../../object/tables/tables.ts";
import {
  addPointRows,
  countPointRows,
  dropRowsBeyondBounds,
  pointRows,
  pointRowTable,
} from "./point-rows.ts";

const day = (text: string) => text as UtcDay;
const row = (name: string, units: string | null, firstSeen: string, lastSeen = firstSeen): PointRow => ({
  ...{ name, fields: { ...NO_FIELDS, units }, firstSeen: day(firstSeen), lastSeen: day(lastSeen) },
});

function table() {
  const db = new SqliteDatabase();
  db.tx((sql) => migrate(sql, [pointRowTable]));
  const add = (from: "list" | "file", ...rows: PointRow[]) => db.tx((sql) => addPointRows(sql, rows, from));
  return { db, add, rows: () => [...pointRows((body) => db.tx(body))] };
}

test("rows come back in the order of their names' bytes, over many reads", () => {
  const names = ["a", "a\u0000", "\ufeff", "\ue000", "\u{1f701}"];
  const many = Array.from({ length: 200 }, (_, index) => `p/${index}`);
  const given = [...names, ...many].map((name) => row(name, "percent", "2024-01-01"));
  const { add, rows } = table();
  expect(add("list", ...given)).toBe(given.length);
  expect(rows()).toEqual(given.sort((a, b) => compareNames(a.name, b.name)));
});

test("a list that says the same on the same day changes nothing", () => {
  const { add } = table();
  expect(add("list", row("p", "a", "2024-01-01"))).toBe(1);
  expect(add("list", row("p", "a", "2024-01-01"))).toBe(0);
  expect(add("list", row("p", "a", "2024-01-02"))).toBe(1);
  expect(add("list", row("p", "b", "2024-01-02"))).toBe(1);
});

test("the list has the newest fields, also after the clock has stepped back, and days are joined", () => {
  const { add, rows } = table();
  add("list", row("p", "new", "2024-02-01"));
  add("list", row("p", "newest", "2024-01-01"));
  expect(rows()).toEqual([row("p", "newest", "2024-01-01", "2024-02-01")]);
});

test("rows of a file add points and days, and replace only older fields", () => {
  const { add, rows } = table();
  add("list", row("same day", "list", "2024-02-01"), row("newer", "list", "2024-02-01"));
  add("list", row("older", "list", "2024-02-01"));
  add(
    "file",
    row("same day", "file", "2023-01-01", "2024-02-01"),
    row("newer", "file", "2023-01-01", "2024-01-31"),
    row("older", "file", "2024-02-01", "2024-03-01"),
    row("gone", "file", "2023-01-01", "2023-06-01"),
  );
  expect(rows()).toEqual([
    row("gone", "file", "2023-01-01", "2023-06-01"),
    row("newer", "list", "2023-01-01", "2024-02-01"),
    row("older", "file", "2024-02-01", "2024-03-01"),
    row("same day", "list", "2023-01-01", "2024-02-01"),
  ]);
});

test("beyond the bound of text the points that were seen longest ago are left out", () => {
  const { db, add, rows } = table();
  const wide = "x".repeat(POINT_ROWS_BYTES_MAX / 16);
  const seen = Array.from({ length: 15 }, (_, index) => row(`p/${index}`, wide, "2024-01-02"));
  add("list", ...seen);
  expect(db.tx(dropRowsBeyondBounds)).toBe(0);
  add("list", row("old", wide, "2024-01-01"), row("new", null, "2024-01-03"));
  expect(db.tx(dropRowsBeyondBounds)).toBe(1);
  expect(new Set(rows().map(({ name }) => name))).toEqual(new Set(["new", ...seen.map(({ name }) => name)]));
});

test("beyond the bound of rows the points that were seen longest ago are left out", () => {
  const { db } = table();
  const old = Array.from({ length: 3 }, (_, index) => row(`old/${index}`, null, "2024-01-01"));
  const now = Array.from({ length: POINT_ROWS_MAX - 1 }, (_, index) => row(`p/${index}`, null, "2024-01-02"));
  db.tx((sql) => addPointRows(sql, [...old, ...now], "list"));
  expect(db.tx(dropRowsBeyondBounds)).toBe(2);
  expect(db.tx(countPointRows).rows).toBe(POINT_ROWS_MAX);
});
