import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTime } from "../../domain/time.ts";
import { VendorFault } from "../faults.ts";
import { CURSOR_CHARS_MAX } from "../limits.ts";
import { requestedSpan } from "../paging/samples-path.ts";
import { decodeSamples, type SamplesPage } from "./page.ts";

const at = (time: string) => parseTime(`2026-08-07T${time}`) ?? Number.NaN;
const keep = { fromMicros: at("16:00:30.5"), toMicros: at("17:00:30.5") };
const context = {
  points: new Map([
    ["a", 0],
    ["b", 1],
  ]),
  keep,
  requested: requestedSpan(keep),
};

type Sample = readonly [name: unknown, value: unknown, time: unknown];

function body(samples: readonly Sample[], rest: object = { next_cursor: null, has_more: false }): string {
  return JSON.stringify({
    point_samples: samples.map(([name, value, time]) => ({ name, value, time })),
    ...rest,
  });
}

function decode(samples: readonly Sample[], rest?: object): SamplesPage {
  return decodeSamples(Buffer.from(body(samples, rest)), context);
}

function faultOf(text: string): VendorFault {
  try {
    decodeSamples(Buffer.from(text), context);
  } catch (error) {
    if (error instanceof VendorFault) return error;
    throw error;
  }
  throw new Error("decoded");
}

test("a page becomes columns", () => {
  const page = decode([
    ["b", "1.6100000143051147", "2026-08-07T16:25:00"],
    ["a", "active", "2026-08-07T16:25:00.000000Z"],
    ["a", -7, "2026-08-07T18:30:37.626470+02:00"],
  ]);
  expect(page.kept.length).toBe(3);
  expect([...page.kept.point]).toEqual([1, 0, 0]);
  expect([...page.kept.value]).toEqual([1.6100000143051147, 1, -7]);
  expect([...page.kept.micros]).toEqual([at("16:25:00"), at("16:25:00"), at("16:30:37.62647")]);
  expect(page).toMatchObject({ rows: 3, fetched: 3, rejected: {}, hasMore: false, nextCursor: null });
});

test("each row is classified by the first rule that applies, and margins are not counted", () => {
  const page = decode([
    ["a", "x", "2026-08-07T16:00:29.499999"],
    ["a", "x", "2026-08-07T16:00:29.5"],
    ["a", "x", "2026-08-07T16:00:30.499999"],
    ["zz", "x", "yesterday"],
    ["zz", "x", "2026-08-07T16:00:30.5"],
    ["a", "72abc", "2026-08-07T16:00:30.5"],
    ["a", null, "2026-08-07T16:00:30.5"],
    ["a", "", "2026-08-07T16:00:30.5"],
    ["a", "NaN", "2026-08-07T16:00:30.5"],
    ["a", "-Infinity", "2026-08-07T16:00:30.5"],
    ["a", {}, "2026-08-07T16:00:30.5"],
    ["a", "1", "2026-08-07T17:00:30.499999"],
    ["a", "1", "2026-08-07T17:00:30.5"],
    ["a", "1", "2026-08-07T17:00:31.5"],
    ["a", "1", "2026-08-07T17:00:31.500001"],
  ]);
  expect(page.kept.length).toBe(1);
  expect(page.outside).toBe(2);
  expect(page.unconfigured).toBe(1);
  expect(page.rejected).toEqual({ time: 1, text: 1, null: 1, empty: 1, nan: 1, infinite: 1, type: 1 });
  expect([page.rows, page.fetched]).toEqual([15, 11]);
});

test("dropped rows are named, by point and reason with one value, and not those of margins or outside", () => {
  const page = decode([
    ["a", "margin", "2026-08-07T16:00:29.5"],
    ["b", "9", "yesterday"],
    ["a", "72abc", "2026-08-07T16:00:30.5"],
    ["a", "other", "2026-08-07T16:00:30.5"],
    ["a", null, "2026-08-07T16:00:30.5"],
    ["b", { deep: [1, "x".repeat(100)] }, "2026-08-07T16:00:30.5"],
    ["zz", "x", "2026-08-07T16:00:30.5"],
    ["z".repeat(300), "1", "2026-08-07T16:00:30.5"],
    ["zz", "1", "2026-08-07T16:00:30.5"],
    ["late", "1", "2026-08-07T17:00:40"],
  ]);
  expect(page.dropped).toEqual({
    rejectedExamples: [
      { point: "a", reason: "null", value: "null" },
      { point: "a", reason: "text", value: "72abc" },
      { point: "b", reason: "time", value: "yesterday" },
      { point: "b", reason: "type", value: `{"deep":[1,"${"x".repeat(28)}` },
    ],
    unconfiguredNames: ["zz", "z".repeat(200)],
  });
});

test("of many dropped rows the first twenty by name are named, whatever their order", () => {
  const names = Array.from({ length: 15_000 }, (_, index) => `n${String(index).padStart(5, "0")}`);
  for (const order of [names, names.toReversed()]) {
    const page = decode(order.map((name) => [name, "1", "2026-08-07T16:25:00"]));
    expect(page.unconfigured).toBe(15_000);
    expect(page.dropped.unconfiguredNames).toEqual(names.slice(0, 20));
  }
});

test("entries that are not samples are rejected, and affect no other row", () => {
  const entries = [null, 7, "a", [], {}, { name: 7, value: "1", time: "2026-08-07T16:25:00" }];
  const good = { name: "a", value: "1", time: "2026-08-07T16:25:00" };
  const text = JSON.stringify({ point_samples: [...entries, good], next_cursor: null, has_more: false });
  const page = decodeSamples(Buffer.from(text), context);
  expect(page.rejected).toEqual({ shape: 6 });
  expect(page.dropped.rejectedExamples).toEqual([{ point: "", reason: "shape", value: "null" }]);
  expect(page.kept.length).toBe(1);
});

test("names of built-in properties are names like any other", () => {
  const page = decode([
    ["__proto__", "1", "2026-08-07T16:25:00"],
    ["constructor", "1", "2026-08-07T16:25:00"],
  ]);
  expect(page.unconfigured).toBe(2);
});

test("every row is in exactly one count", () => {
  const names = fc.constantFrom<unknown>("a", "b", "zz", "", null, 7);
  const values = fc.constantFrom<unknown>("1", "on", "", null, "x", 4, true, [], "1e999");
  const times = fc.constantFrom<unknown>(
    "16:00:29",
    "16:00:30",
    "16:25:00",
    "17:00:31",
    "17:00:32",
    "25:00:00",
    null,
  );
  const sample = fc.tuple(names, values, times);
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 40 }), (samples) => {
      const sorted = samples
        .map(([n, v, t]): Sample => [n, v, t === null ? null : `2026-08-07T${t}`])
        .sort((a, b) => (String(a[2]) < String(b[2]) ? -1 : 1));
      const page = decode(sorted);
      const rejections = Object.values(page.rejected).reduce((sum, count) => sum + count, 0);
      expect(page.fetched).toBe(page.kept.length + rejections + page.outside + page.unconfigured);
      const margin = sorted.filter(
        ([n, , t]) => typeof n === "string" && (t === "2026-08-07T16:00:30" || t === "2026-08-07T17:00:31"),
      );
      expect(page.fetched + margin.length).toBe(page.rows);
    }),
  );
});

test("both ends of a page are described, unreadable rows beside them included", () => {
  const page = decode([
    ["?", "1", "?"],
    ["a", "1", "2026-08-07T16:25:00"],
    ["b", "1", "2026-08-07T16:25:00"],
    ["a", "1", "2026-08-07T16:30:00"],
    ["?", "1", "?"],
    ["a", "1", "2026-08-07T16:35:00"],
    ["?", "1", "?"],
    ["b", "1", "2026-08-07T16:35:00.000"],
    ["?", "1", "?"],
  ]);
  expect(page.first).toMatchObject({ micros: at("16:25:00"), rows: 3, unreadBefore: 1, unreadAfter: 0 });
  expect(page.last).toMatchObject({ micros: at("16:35:00"), rows: 5, unreadBefore: 1, unreadAfter: 1 });
  expect(page.first?.nameHashes.length).toBe(3);
  expect(page.last?.nameHashes.length).toBe(5);
});

test("a page of one timestamp has one end, an empty one has none", () => {
  const page = decode([
    ["a", "1", "2026-08-07T16:25:00"],
    ["b", "1", "2026-08-07T16:25:00"],
  ]);
  expect(page.first).toBe(page.last);
  expect(decode([])).toMatchObject({ rows: 0, first: undefined, last: undefined });
});

test("a page that does not ascend is a fault", () => {
  const text = body([
    ["a", "1", "2026-08-07T16:25:01"],
    ["a", "1", "2026-08-07T16:25:00"],
  ]);
  expect(faultOf(text).reason).toBe("protocol");
});

test.each([
  ["[]", "protocol"],
  ["null", "protocol"],
  ["7", "protocol"],
  ['{"message": "No data"}', "protocol"],
  ['{"point_samples": {}, "has_more": false}', "protocol"],
  ['{"point_samples": []}', "protocol"],
  ['{"point_samples": [], "has_more": null, "next_cursor": null}', "protocol"],
  ['{"point_samples": [], "has_more": "false", "next_cursor": null}', "protocol"],
  ['{"point_samples": [], "has_more": true, "next_cursor": null}', "protocol"],
  ['{"point_samples": [], "has_more": true, "next_cursor": ""}', "protocol"],
  ['{"point_samples": [], "has_more": true, "next_cursor": 7}', "protocol"],
  [
    `{"point_samples": [], "has_more": true, "next_cursor": "${"x".repeat(CURSOR_CHARS_MAX + 1)}"}`,
    "protocol",
  ],
  ["<html><body>502</body></html>", "malformed"],
  ['{"point_samples": [,]}', "malformed"],
  ["{'point_samples': []}", "malformed"],
  ["", "truncated"],
  ["  ", "truncated"],
] as const)("%s is %s", (text, reason) => {
  expect(faultOf(text).reason).toBe(reason);
});

test("a page without a cursor field is the end where it says so", () => {
  expect(decode([], { has_more: false })).toMatchObject({ hasMore: false, nextCursor: null });
});

test("a page that is cut off anywhere is truncated", () => {
  const text = body([["a{", "1]", '2026-08-07T16:25:00"\\']], { next_cursor: "x", has_more: true });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: text.length - 1 }), (end) => {
      expect(faultOf(text.slice(0, end)).reason).toBe("truncated");
    }),
  );
});

test("any JSON is a page or a fault", () => {
  fc.assert(
    fc.property(fc.json(), fc.json(), fc.json(), (samples, more, cursor) => {
      for (const text of [
        samples,
        `{"point_samples":[${samples}],"has_more":${more},"next_cursor":${cursor}}`,
      ]) {
        try {
          decodeSamples(Buffer.from(text), context);
        } catch (error) {
          expect(error).toBeInstanceOf(VendorFault);
        }
      }
    }),
  );
});

test("bare NaN and infinities are rejected by their reasons, and a bare name or time by the row's shape", () => {
  const row = (name: string, value: string, time = '"2026-08-07T16:25:00"') =>
    `{"name":${name},"value":${value},"time":${time}}`;
  const rows = [
    row('"a"', "NaN"),
    row('"a"', '"NaN"'),
    row('"a"', "Infinity"),
    row('"a"', "-Infinity"),
    row('"a"', "[NaN]"),
    row('"a"', '{"a":NaN}'),
    row("NaN", "1"),
    row('"a"', "1", "NaN"),
    row('"NaN"', "1"),
    row('"b"', '"5.5"'),
  ];
  // Without the lists and the bare name or time, the scanner reads the same.
  for (const [sent, shape, type] of [
    [rows, 2, 2],
    [rows.filter((_, index) => index < 4 || index > 7), undefined, undefined],
  ] as const) {
    const page = decodeSamples(
      Buffer.from(`{"point_samples":[${sent}],"next_cursor":null,"has_more":false}`),
      context,
    );
    expect(page.rejected).toEqual({ nan: 2, infinite: 2, shape, type });
    expect([page.kept.length, page.kept.value[0], page.unconfigured]).toEqual([1, 5.5, 1]);
  }
});

test.each([
  ['{"point_samples":[],"next_cursor":NaN,"has_more":false}', "protocol"],
  ['{"point_samples":[],"next_cursor":null,"has_more":NaN}', "protocol"],
  ['{"point_samples":NaN,"next_cursor":null,"has_more":false}', "protocol"],
  ["[NaN]", "protocol"],
  ["NaN", "protocol"],
  [
    '{"point_samples":[{"name":"a","value":+Infinity,"time":"2026-08-07T16:25:00"}],"has_more":false}',
    "malformed",
  ],
  [
    '{"point_samples":[{"name":"a","value":-NaN,"time":"2026-08-07T16:25:00"}],"has_more":false}',
    "malformed",
  ],
] as const)("%s is %s", (text, reason) => {
  expect(faultOf(text).reason).toBe(reason);
});

test("a page with bare numbers that is cut off anywhere is truncated", () => {
  const text =
    '{"point_samples":[{"name":"a","value":-Infinity,"time":"2026-08-07T16:25:00"},{"name":"NaN","value":NaN,"time":NaN}],"has_more":false,"x":NaN}';
  for (let end = 0; end < text.length; end += 1) {
    expect([end, faultOf(text.slice(0, end)).reason]).toEqual([end, "truncated"]);
  }
});
