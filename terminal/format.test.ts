import { expect, it } from "vitest";
import { bar, counted, formatBytes, formatEstimate, formatValue } from "./format.ts";

it("a count has the noun's number", () => {
  expect([0, 1, 2_000].map((count) => counted(count, "request"))).toEqual([
    "0 requests",
    "1 request",
    "2,000 requests",
  ]);
});

it("bytes have a unit that leaves three digits", () => {
  const bytes = [0, 1, 999, 1_000, 166_179_000, 999_999_999, 1_234_567_890_123];
  expect(bytes.map(formatBytes)).toEqual([
    "0 bytes",
    "1 byte",
    "999 bytes",
    "1 kB",
    "166 MB",
    "1 GB",
    "1.23 TB",
  ]);
});

it("a measured value has at most four digits", () => {
  expect([21.466666666666665, 0.1 + 0.2, 123_456].map(formatValue)).toEqual(["21.47", "0.3", "123,500"]);
});

it("an estimate is never of no time, and has no more digits than it deserves", () => {
  const seconds = [0, 0.2, 15, 99, 100, 3_600, 33_601, 400_000];
  expect(seconds.map(formatEstimate)).toEqual([
    "0 s",
    "1 s",
    "15 s",
    "99 s",
    "2 min",
    "60 min",
    "9.3 h",
    "5 days",
  ]);
});

it("a bar shows failed days as crosses, and is full only where nothing is left", () => {
  expect(bar({ done: 0.75, failed: 0.25 }, 8)).toBe("██████xx");
  expect(bar({ done: 0.999 }, 8)).toBe("███████░");
  expect(bar({ done: 1 }, 8)).toBe("████████");
  // One of a thousand days is seen.
  expect(bar({ done: 0.999, failed: 0.001 }, 8)).toBe("███████x");
  expect(bar({ done: 0, failed: 0.001 }, 8)).toBe("x░░░░░░░");
});
