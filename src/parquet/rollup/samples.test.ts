import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryWithDuckdb } from "../../../test/reference/duckdb.ts";
import { READERS } from "../../../test/reference/other-readers.ts";
import type { Row } from "../../../test/reference/truth.ts";
import { encodeMonth } from "../../../test/support/parquet/encode-rollup.ts";
import { fileBuffer } from "../../../test/support/parquet/file-buffer.ts";
import { DAY_MS, dayStartMs, daysOf, type UtcDay } from "../../domain/day.ts";
import type { RollupPeriod } from "../../domain/rollup.ts";
import { joinSeries, type NamedSeries } from "../../domain/series.ts";
import { namedSeries } from "../read/read.ts";
import { RollupIndex, type RollupSpec, rollupSamples, SAMPLE_KEYS } from "./rollup.ts";

const START_MS = dayStartMs("2024-01-01" as UtcDay);
const MONTH_MS = 31 * DAY_MS;
const SPEC: RollupSpec = {
  site: "ses_falls_city",
  period: "2024-01" as RollupPeriod,
  days: daysOf("2024-01-01" as UtcDay, "2024-01-30" as UtcDay),
  emptyDays: ["2024-01-31" as UtcDay],
};
const UTF8 = new TextEncoder();

/** The first has its samples at both ends of the month, the second more than a row group, and the last one sample. */
const POINTS: NamedSeries[] = [
  { name: "a", ms: Float64Array.of(START_MS, START_MS + MONTH_MS - 1), value: Float64Array.of(-0, 5e-324) },
  {
    name: "größe",
    ms: Float64Array.from({ length: 107 }, (_, at) => START_MS + at * 60_000),
    value: Float64Array.from({ length: 107 }, (_, at) => (at % 7) / 3),
  },
  { name: "\u{ff5e}", ms: Float64Array.of(START_MS + MONTH_MS - 1), value: Float64Array.of(1e300) },
];
const GROUP_ROWS = 50;
const FILE = encodeMonth(SPEC, POINTS, GROUP_ROWS);

const bits = ({ ms, value }: Pick<NamedSeries, "ms" | "value">) =>
  [ms, value].map((column) => Buffer.from(column.slice().buffer).toString("base64"));

async function pointsIn(file: Uint8Array): Promise<NamedSeries[]> {
  const points = new Map<string, NamedSeries[]>();
  for await (const part of rollupSamples(fileBuffer(file)))
    points.set(part.name, [...(points.get(part.name) ?? []), part]);
  return [...points].map(([name, parts]) => ({ name, ...joinSeries(parts) }));
}

const line = ({ timestamp, point_name, value, site_name }: Row) =>
  [Number(timestamp), point_name, Object.is(value, -0) ? "-0" : value, site_name].join(" ");
const EXPECTED = POINTS.flatMap(({ name, ms, value }) =>
  Array.from(ms, (timestamp, row) =>
    line({ timestamp, point_name: name, value: value[row] as number, site_name: SPEC.site }),
  ),
);

describe("the file of a month", () => {
  it.each(READERS)("is read row by row, bit by bit, by %s", async (_, read) => {
    expect((await read(FILE)).map(line)).toEqual(EXPECTED);
  });

  it("has the columns of a day, and says which days it describes", async () => {
    const columns = await queryWithDuckdb(FILE, (path) => `DESCRIBE SELECT * FROM '${path}'`);
    expect(columns.map(({ column_name, column_type }) => `${column_name} ${column_type}`)).toEqual([
      "timestamp TIMESTAMP WITH TIME ZONE",
      "point_name VARCHAR",
      "value DOUBLE",
      "site_name VARCHAR",
    ]);
    const { period, days, emptyDays } = RollupIndex.read(FILE, FILE.length);
    expect([period, [...days], [...emptyDays]]).toEqual([SPEC.period, SPEC.days, SPEC.emptyDays]);
  });

  it("gives back any names, times of the whole month and finite numbers", async () => {
    const point = fc.record({
      name: fc.string({ unit: "binary", maxLength: 30 }).filter((name) => name.isWellFormed()),
      samples: fc.uniqueArray(
        fc.tuple(fc.nat(MONTH_MS - 1), fc.double({ noNaN: true, noDefaultInfinity: true })),
        { minLength: 1, maxLength: 40, selector: ([ms]) => ms },
      ),
    });
    const cases = fc.uniqueArray(point, { minLength: 1, maxLength: 6, selector: ({ name }) => name });
    await fc.assert(
      fc.asyncProperty(cases, fc.integer({ min: 1, max: 50 }), async (unsorted, groupRows) => {
        const points = unsorted
          .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
          .map(({ name, samples }) => {
            const sorted = samples.sort(([a], [b]) => a - b);
            return {
              name,
              ms: Float64Array.from(sorted, ([ms]) => START_MS + ms),
              value: Float64Array.from(sorted, ([, value]) => value),
            };
          });
        const file = encodeMonth(SPEC, points, groupRows);
        expect(encodeMonth(SPEC, points, groupRows)).toEqual(file);
        const found = await pointsIn(file);
        expect(found.map((each) => [each.name, bits(each)])).toEqual(
          points.map((each) => [each.name, bits(each)]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("has every row group of a point, in order of time, in its index, and no other's", () => {
    const index = RollupIndex.read(FILE, FILE.length);
    const found = POINTS.map(({ name }) => index.find(UTF8.encode(name)));
    expect(found).toEqual([[0], [1, 2, 3], [4]]);
    const parts = [1, 2, 3].flatMap((group) => [
      ...namedSeries(
        {
          rows: index.rows(group),
          chunks: index.chunks(group, SAMPLE_KEYS),
          bytesAt: (offset, length) => FILE.subarray(offset, offset + length),
        },
        () => true,
      ),
    ]);
    expect(parts.map(({ ms }) => ms.length)).toEqual([50, 50, 7]);
    expect(bits(joinSeries(parts))).toEqual(bits(POINTS[1] as NamedSeries));
    expect(index.find(UTF8.encode("b"))).toEqual([]);
  });
});
