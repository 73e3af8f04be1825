import { DAY_MS } from "../../../src/domain/day.ts";
import type { Sample } from "./reference.ts";

export const SITE = "ses_falls_city";
export const DAY_START_MS = Date.UTC(2024, 0, 15);

/** A file to be written and read. `point` of a sample is an index in `names`, which are in UTF-8 order. */
export interface Shape {
  readonly title: string;
  readonly names: readonly string[];
  readonly samples: readonly Sample[];
  readonly rowGroupSize: number;
}

const PREFIX = `site/${"building_floor_unit_".repeat(3)}`;
const LONG = "n".repeat(998);
const padded = (prefix: string, index: number) => `${prefix}${String(index).padStart(6, "0")}`;

/** Values by point: with row groups of four, each point has its own minimum and maximum. */
const EXTREMES = [
  [Number.MAX_VALUE, -Number.MAX_VALUE, 1.7976931348623155e308, 0.1 + 0.2],
  [5e-324, -5e-324, 2.225073858507201e-308, 2.2250738585072014e-308],
  [-0, -0, -0, -0],
  [0, -0, 0, 2 ** 53],
];

/** Edge cases of writers and readers: limits of row groups, of names, of numbers and of the day. */
export const SHAPES: readonly Shape[] = [
  { title: "no row", names: ["a"], samples: [], rowGroupSize: 10_000 },
  { title: "one row", names: ["a"], samples: [at(0, 0, 21.5)], rowGroupSize: 10_000 },
  {
    title: "a day of one point",
    names: ["a", "b", "c"],
    samples: list(17_280, (i) => at(1, i * 5_000_000, Math.round(i * 0.7) / 10)),
    rowGroupSize: 10_000,
  },
  {
    title: "fifteen row groups of one row, the first count that a Thrift list can't encode in half a byte",
    names: ["a", "b"],
    samples: list(15, (i) => at(i % 2, i * 5_000, i)),
    rowGroupSize: 1,
  },
  ...[9_999, 10_000, 10_001, 20_000].map((count) => ({
    title: `${count} rows in row groups of 10,000`,
    names: ["a", "b"],
    samples: list(count, (i) => at(i % 2, i * 4_000, Math.round(i * 0.7) / 10)),
    rowGroupSize: 10_000,
  })),
  {
    title: "100,000 points",
    names: list(100_000, (i) => padded(PREFIX, i)),
    samples: list(100_000, (i) => at(i, (i % 1_440) * 60_000_000, i / 10)),
    rowGroupSize: 10_000,
  },
  {
    title: "names with quotes, backslashes, control characters and special characters of SQL and paths",
    names: [
      "",
      "\u0000",
      "\t\n",
      " ",
      "%_*?",
      "'; --",
      "'a''",
      "../..",
      '"',
      '"a" \\',
      "\\",
      "\\'b\\",
    ].sort(),
    samples: list(12, (i) => at(i, i * 1_000, i)),
    rowGroupSize: 5,
  },
  {
    title:
      "names with accents in both normal forms and beyond the basic plane, in another order than that of UTF-16",
    names: [
      "e",
      "e\u0301",
      "gr\u00f6\u00dfe",
      "\u00e9",
      "\u6e29\u5ea6",
      "\ue000",
      "\uff5e",
      "\uffff",
      "\u{10000}",
      "\u{1f321}\ufe0f",
      "\u{10ffff}",
    ],
    samples: list(11, (i) => at(i, i * 1_000, i)),
    rowGroupSize: 2,
  },
  {
    title: "names of 1,000 characters that differ in the last two",
    names: list(120, (i) => `${LONG}${String.fromCharCode(0x61 + Math.floor(i / 12), 0x61 + (i % 12))}`),
    samples: list(1_200, (i) => at(i % 120, i * 1_000, i)),
    rowGroupSize: 50,
  },
  {
    title: "names of 500 characters of four bytes",
    names: list(20, (i) => "\u{1f321}".repeat(499) + String.fromCodePoint(0x1f400 + i)),
    samples: list(40, (i) => at(i % 20, i * 1_000, i)),
    rowGroupSize: 7,
  },
  {
    title: "the greatest and the smallest doubles, and both zeros",
    names: ["a", "b", "c", "d"],
    samples: list(4, (point) =>
      (EXTREMES[point] ?? []).map((value, i) => at(point, i * 1_000, value)),
    ).flat(),
    rowGroupSize: 4,
  },
  {
    title: "both zeros in a column that takes a dictionary",
    names: ["a"],
    samples: list(2_000, (i) => at(0, i * 1_000, i % 3 === 0 ? -0 : i % 3 === 1 ? 0 : 1)),
    rowGroupSize: 1_000,
  },
  {
    title: "repeating whole numbers, whose low bits are equal and whose hashes collide",
    names: ["a"],
    samples: list(1_000, (i) => at(0, i * 1_000, (i * 7) % 300)),
    rowGroupSize: 1_000,
  },
  {
    title: "the first and the last millisecond of the day",
    names: ["a", "b"],
    samples: list(2, (point) =>
      [0, 999, DAY_MS * 1000 - 1_000, DAY_MS * 1000 - 1].map((micros) => at(point, micros, micros)),
    ).flat(),
    rowGroupSize: 3,
  },
  {
    title: "four kinds of value, alternating, over many row groups",
    names: list(40, (i) => padded("p", i)),
    samples: list(45_000, (i) => at(i % 40, i * 1_900_001, kind(i % 40, i))),
    rowGroupSize: 10_000,
  },
  {
    title: "points that are polled together at irregular times, and as many that have times of their own",
    names: list(20, (i) => padded("p", i)),
    samples: list(20_000, (i) => {
      const [point, poll] = [i % 20, Math.floor(i / 20)];
      const late = irregular(point < 10 ? poll : i);
      return at(point, poll * 85_000_000 + late, kind(point, i));
    }),
    rowGroupSize: 10_000,
  },
];

function at(point: number, sinceStart: number, value: number): Sample {
  return { point, micros: DAY_START_MS * 1000 + sinceStart, value };
}

function list<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Microseconds below 80 seconds, without a pattern. */
function irregular(i: number): number {
  const mixed = Math.imul(i ^ (i << 13), 0x9e3779b1);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0) % 80_000_000;
}

function kind(point: number, i: number): number {
  switch (point % 4) {
    case 0:
      return Math.fround(Math.sin(i));
    case 1:
      return i % 2;
    case 2:
      return i;
    default:
      return Math.round(Math.sin(i / 900) * 100) / 10;
  }
}
