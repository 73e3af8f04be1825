import { expect, test } from "vitest";
import { recentWindow } from "../../../test/support/http/etl-views.ts";
import { windowBars } from "./window-bars.ts";

const NOON_MS = Date.parse("2025-10-14T12:00:00.000Z");
const at = (time: string, samples: number, complete = true) =>
  recentWindow(`2025-10-14T${time}:30.500Z`, samples, complete);

test("bars are relative to the largest window, and the window that is not over is told apart", () => {
  const chart = windowBars([at("12:00", 100), at("12:15", 50), at("12:30", 25, false)], NOON_MS);
  expect(chart?.bars).toEqual([
    { kind: "complete", samples: 100, share: 1, start: "12:00" },
    { kind: "complete", samples: 50, share: 0.5, start: "12:15" },
    { kind: "partial", samples: 25, share: 0.25, start: "12:30" },
  ]);
  expect(chart?.label).toBe(
    "Samples in windows of 15 minutes, 12:00 to 12:45 UTC: from 50 to 100 samples in a window; the newest window is not over",
  );
});

test("a window that was not read is a gap, and one without samples is none", () => {
  const chart = windowBars([at("12:00", 10), at("12:15", 0), at("12:45", 10)], NOON_MS);
  expect(chart?.bars.map(({ kind }) => kind)).toEqual(["complete", "empty", "missing", "complete"]);
  expect(chart?.label).toContain("from 0 to 10 samples in a window; 1 window not read");
});

test("a site that has stopped shows gaps up to now, and nothing but gaps after six hours", () => {
  const kinds = (nowMs: number) => windowBars([at("11:30", 10)], nowMs)?.bars.map(({ kind }) => kind);
  expect(kinds(NOON_MS + 60_000)).toEqual(["complete", "missing", "missing"]);
  const day = windowBars([at("11:30", 10)], NOON_MS + 86_400_000);
  expect(new Set(day?.bars.map(({ kind }) => kind))).toEqual(new Set(["missing"]));
  expect(day?.label).toContain("no window is over; 24 windows not read");
});

test("the first window of a day begins at its edge, and is in its place", () => {
  const chart = windowBars(
    [
      recentWindow("2025-10-13T23:45:30.500Z", 1, true),
      recentWindow("2025-10-14T00:00:00.000Z", 1, true),
      recentWindow("2025-10-14T00:15:30.500Z", 1, true),
    ],
    0,
  );
  expect(chart?.bars.map(({ kind, start }) => [kind, start])).toEqual([
    ["complete", "23:45"],
    ["complete", "00:00"],
    ["complete", "00:15"],
  ]);
});

test("at most six hours are shown, whatever the Worker sends", () => {
  const windows = [
    at("00:00", 1),
    ...Array.from({ length: 24 }, (_, index) =>
      recentWindow(new Date(Date.parse("2025-10-14T12:00:30.500Z") + index * 900_000).toISOString(), 1, true),
    ),
  ];
  const chart = windowBars(windows, 0);
  expect(chart?.bars).toHaveLength(24);
  expect(chart?.bars[0]?.start).toBe("12:00");
});

test("without a window there is no chart; with only an unfinished or empty one there is no false range", () => {
  expect(windowBars([], NOON_MS)).toBeUndefined();
  expect(windowBars([at("12:00", 5, false)], NOON_MS)?.label).toContain(
    "no window is over; the newest window is not over",
  );
  expect(windowBars([at("12:00", 0)], NOON_MS)?.bars[0]).toMatchObject({ kind: "empty", share: 0 });
});
