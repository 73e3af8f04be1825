import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, READERS, type ReadBack } from "../../../test/support/query/read-back.ts";
import {
  anyRange,
  anyStored,
  DAYS,
  expectedRows,
  FIRST_DAY_MS,
  FixtureSource,
  POINTS,
  type Row,
  SITE,
  type StoredSamples,
} from "../../../test/support/query/source.ts";
import {
  AGGREGATES,
  type FormatName,
  MEDIA_TYPES,
  queryMetadata,
  type TimeseriesQuery,
} from "../../contract/query.ts";
import { DAY_MS, dayStartMs, daysOf, type UtcDay, utcDayOf } from "../../domain/day.ts";
import { bucketSource } from "../source.ts";
import { answerQuery } from "./answer.ts";

const FORMATS = Object.keys(MEDIA_TYPES) as FormatName[];
const CLOCK = { now: () => 1_000 };

const ALL: TimeseriesQuery = {
  site_name: SITE,
  point_names: [...POINTS],
  start_time: FIRST_DAY_MS,
  end_time: FIRST_DAY_MS + DAYS * DAY_MS,
  interval: "raw",
  limit: 1_000_000,
};

async function answer(source: FixtureSource, query: TimeseriesQuery, format: FormatName): Promise<ReadBack> {
  const body = await answerQuery(query, format, {
    samples: source,
    buckets: bucketSource(source),
    clock: CLOCK,
    onFault: (fault) => {
      throw fault;
    },
    onCancel: () => {},
  });
  if ("fault" in body) throw new Error(body.fault);
  return READERS[format](await bytesOf(body), query.time);
}

const anyQuery = fc
  .record({
    range: anyRange,
    point_names: fc.shuffledSubarray([...POINTS, "unknown"], { minLength: 1 }),
    interval: fc.constantFrom(
      "raw" as const,
      1_000,
      30_000,
      60_000,
      900_000,
      7_200_000,
      86_400_000,
      "week" as const,
      "month" as const,
    ),
    agg: fc.constantFrom(...AGGREGATES),
    format: fc.constantFrom(...FORMATS),
    time: fc.constantFrom("iso" as const, "ms" as const),
  })
  .map(({ range, interval, agg, ...rest }) => ({
    ...ALL,
    ...rest,
    start_time: range.fromMs,
    end_time: range.toMs,
    interval,
    ...(interval !== "raw" && { agg }),
  }));

const expectedOf = (
  stored: StoredSamples,
  { point_names, start_time, end_time, interval, agg }: TimeseriesQuery,
) =>
  expectedRows(stored, {
    points: point_names,
    fromMs: start_time,
    toMs: end_time,
    interval: interval === "raw" ? undefined : interval,
    aggregate: agg,
  });

test("any query is answered with the rows that a scan of every sample gives, in every format", async () => {
  await fc.assert(
    fc.asyncProperty(anyStored, anyQuery, async (stored, query) => {
      const { rows, nextCursor, metadata } = await answer(new FixtureSource(stored), query, query.format);
      expect(rows).toEqual(expectedOf(stored, query));
      expect(nextCursor).toBeNull();
      if (metadata) expect(queryMetadata.parse(metadata).total_samples).toBe(rows.length);
    }),
    { numRuns: 150 },
  );
});

test("all pages together are the answer, for any lengths of pages in any formats, and no row is on two pages", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyStored,
      anyQuery,
      fc.array(fc.record({ limit: fc.integer({ min: 1, max: 40 }), format: fc.constantFrom(...FORMATS) }), {
        minLength: 1,
        maxLength: 5,
      }),
      async (stored, query, pages) => {
        const rows: Row[] = [];
        const missing: string[] = [];
        const withoutRows: (readonly string[])[] = [];
        let cursor: string | undefined;
        for (let page = 0; page === 0 || cursor !== undefined; page++) {
          const { limit, format } = pages[page % pages.length] as (typeof pages)[number];
          const pageQuery = { ...query, limit, ...(cursor !== undefined && { cursor }) };
          const read = await answer(new FixtureSource(stored), pageQuery, format);
          rows.push(...read.rows);
          missing.push(...(read.metadata?.missing_days ?? []));
          withoutRows.push(read.metadata?.points_without_samples ?? []);
          // Only the last page may be short: exactly the full pages have a next page.
          expect(read.rows.length).toBeLessThanOrEqual(limit);
          if (read.nextCursor !== null) expect(read.rows).toHaveLength(limit);
          cursor = read.nextCursor ?? undefined;
        }
        expect(rows).toEqual(expectedOf(stored, query));
        if (pages.every(({ format }) => format === "json" || format === "ndjson")) {
          const days = daysOf(utcDayOf(query.start_time), utcDayOf(query.end_time - 1));
          expect(missing).toEqual(days.filter((day) => stored.missing.has(day)));
          // A point is listed on every page if and only if the answer has no row of it.
          const onEveryPage = query.point_names.filter((name) =>
            withoutRows.every((names) => names.includes(name)),
          );
          expect(onEveryPage).toEqual(
            query.point_names.filter((name) => !rows.some(({ point }) => point === name)),
          );
        }
      },
    ),
    { numRuns: 100 },
  );
});

/** One point, `count` samples, a second apart, from the first day on. */
const regular = (count: number): StoredSamples => ({
  samples: new Map([
    [POINTS[0], Array.from({ length: count }, (_, row) => [FIRST_DAY_MS + row * 1_000, row])],
  ]),
  missing: new Set(),
});

describe("a page", () => {
  test.each(FORMATS)("of more rows than a batch is complete in %s", async (format) => {
    const { rows } = await answer(new FixtureSource(regular(9_000)), ALL, format);
    expect(rows.map(({ value }) => value)).toEqual(Array.from({ length: 9_000 }, (_, row) => row));
  });

  test.each([4_095, 4_096, 4_097, 8_192])(
    "that ends at row %d, by the border of a block, goes on behind it",
    async (limit) => {
      for (const format of FORMATS) {
        const source = new FixtureSource(regular(9_000));
        const first = await answer(source, { ...ALL, limit }, format);
        expect(first.rows).toHaveLength(limit);
        const second = await answer(source, { ...ALL, cursor: first.nextCursor as string }, format);
        expect(second.rows[0]?.value).toBe(limit);
        expect(second.rows).toHaveLength(9_000 - limit);
      }
    },
  );

  test.each(["bytesRead", "d1Bytes", "d1Statements"] as const)(
    "for which much had to be read (%s) ends with its day once it has a row, and the next goes on behind it",
    async (what) => {
      const moved = [2, 3].flatMap((day) =>
        [0, 1].map((row): [number, number] => [FIRST_DAY_MS + day * DAY_MS + row, row]),
      );
      const source = new FixtureSource({ samples: new Map([[POINTS[0], moved]]), missing: new Set() });
      source.costOfDay = { [what]: 2 ** 29 };
      for (const format of FORMATS) {
        const first = await answer(source, ALL, format);
        expect(first.rows.map(({ ms }) => ms)).toEqual(moved.slice(0, 2).map(([ms]) => ms));
        const second = await answer(source, { ...ALL, cursor: first.nextCursor as string }, format);
        expect(second.rows.map(({ ms }) => ms)).toEqual(moved.slice(2).map(([ms]) => ms));
      }
    },
  );

  test("of a day's rows ends once it has taken many requests", async () => {
    const daily = Array.from({ length: DAYS }, (_, day): [number, number] => [
      FIRST_DAY_MS + day * DAY_MS,
      day,
    ]);
    const source = new FixtureSource({ samples: new Map([[POINTS[0], daily]]), missing: new Set() });
    const pagesOf = async (interval: number | "week" | "raw") => {
      const lengths: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await answer(source, { ...ALL, interval, ...(cursor && { cursor }) }, "json");
        lengths.push(page.rows.length);
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      return lengths;
    };
    source.costOfDay = { r2Requests: 4_148 };
    // Two requests to the cache come with each day.
    expect(await pagesOf(DAY_MS)).toEqual([2, 2, 1]);
    expect(await pagesOf("raw")).toEqual([2, 2, 1]);
    // Five days from a Tuesday on; the week has one row.
    expect(await pagesOf("week")).toEqual([1]);
    source.costOfDay = { r2Requests: 4_147 };
    expect(await pagesOf(DAY_MS)).toEqual([3, 2]);
  });

  test("of weeks ends with a week once it has taken many requests", async () => {
    const monday = Date.parse("2024-02-19T00:00Z");
    const daily = Array.from({ length: 20 }, (_, day): [number, number] => [monday + day * DAY_MS, day]);
    const source = new FixtureSource({ samples: new Map([[POINTS[0], daily]]), missing: new Set() });
    source.costOfDay = { r2Requests: 1_000 };
    const query = { ...ALL, start_time: monday, end_time: monday + 20 * DAY_MS, interval: "week" as const };
    const first = await answer(source, query, "json");
    expect(first.rows.map(({ ms }) => ms)).toEqual([monday]);
    const rest = await answer(source, { ...query, cursor: first.nextCursor as string }, "csv");
    expect(rest.rows.map(({ ms }) => ms)).toEqual([monday + 7 * DAY_MS]);
  });

  test("that ends inside of a month names its missing days once, and goes on with the next point", async () => {
    const source = new FixtureSource({
      samples: new Map(
        POINTS.slice(0, 3).map((point) => [
          point,
          [
            [FIRST_DAY_MS, 1],
            [FIRST_DAY_MS + 3 * DAY_MS, 5],
          ],
        ]),
      ),
      missing: new Set(["2024-02-28", "2024-03-02"]),
    });
    const pages = [];
    let cursor: string | undefined;
    do {
      const query = { ...ALL, interval: "month" as const, limit: 2, ...(cursor && { cursor }) };
      const page = await answer(source, query, "json");
      pages.push(page);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    const names = pages.map(({ rows }) => rows.map(({ point, ms }) => [POINTS.indexOf(point as never), ms]));
    const [february, march] = [Date.parse("2024-02-01T00:00Z"), Date.parse("2024-03-01T00:00Z")];
    expect(names).toEqual([
      [
        [0, february],
        [1, february],
      ],
      [
        [2, february],
        [0, march],
      ],
      [
        [1, march],
        [2, march],
      ],
    ]);
    expect(pages.map(({ metadata }) => metadata?.missing_days)).toEqual([["2024-02-28"], ["2024-03-02"], []]);
  });

  test("that ends with the last row of the last day is the last page", async () => {
    const last = regular(10);
    const query = { ...ALL, end_time: FIRST_DAY_MS + DAY_MS, limit: 10 };
    expect((await answer(new FixtureSource(last), query, "csv")).nextCursor).toBeNull();
  });

  test("reads no day after the day that fills it, and the next page does not read the points before its first", async () => {
    const stored: StoredSamples = {
      samples: new Map(
        POINTS.map((point) => [
          point,
          [
            [FIRST_DAY_MS + 5, 1],
            [FIRST_DAY_MS + DAY_MS, 2],
          ],
        ]),
      ),
      missing: new Set(),
    };
    const source = new FixtureSource(stored);
    const first = await answer(source, { ...ALL, limit: 3 }, "json");
    expect(source.given).toEqual(["2024-02-27"]);
    expect(source.left).toBe(1);
    await answer(source, { ...ALL, limit: 2, cursor: first.nextCursor as string }, "json");
    expect(source.queries.slice(1)).toEqual([
      { ...source.queries[0], points: POINTS.slice(3), toMs: FIRST_DAY_MS + DAY_MS },
    ]);
  });
});

test("missing days are distinguished from days without samples", async () => {
  const stored = { ...regular(3), missing: new Set(["2024-02-29"]) };
  const { metadata } = await answer(new FixtureSource(stored), ALL, "json");
  expect(metadata).toEqual({
    total_samples: 3,
    points_without_samples: POINTS.slice(1),
    sources: ["R2"],
    storage_tiers: ["cold"],
    days_from: { rollup: 0, cold: 4, hot: 0 },
    query_time_ms: 0,
    bytes_read: 0,
    r2_requests: 5,
    row_groups_read: 0,
    row_groups_pruned: 0,
    cache_hits: 0,
    d1_rows: 0,
    d1_bytes: 0,
    missing_days: ["2024-02-29"],
    empty_days: ["2024-02-28", "2024-03-01", "2024-03-02"],
    next_cursor: null,
  });
});

test.each(FORMATS)("doubles are read back unchanged from %s", async (format) => {
  const values = [-0, 0, 5e-324, 1.7976931348623157e308, 0.1, -1 / 3, 1e21, 123456789.123, 2 ** 53];
  const samples = values.map((value, row): [number, number] => [FIRST_DAY_MS + row, value]);
  const stored = { samples: new Map([[POINTS[0], samples]]), missing: new Set<string>() };
  const { rows } = await answer(new FixtureSource(stored), ALL, format);
  expect(rows.map(({ value }) => value)).toEqual(values);
});

test("a sum beyond the doubles is null in JSON, and infinite in formats that have a word for it", async () => {
  const samples = [0, 1].map((row): [number, number] => [FIRST_DAY_MS + row, 1.5e308]);
  const stored = { samples: new Map([[POINTS[0], samples]]), missing: new Set<string>() };
  const query: TimeseriesQuery = { ...ALL, interval: 86_400_000, agg: "sum" };
  for (const format of FORMATS) {
    const { rows } = await answer(new FixtureSource(stored), query, format);
    expect(rows[0]?.value).toBe(format.endsWith("json") ? Number.NaN : Number.POSITIVE_INFINITY);
  }
});

describe("an answer under way", () => {
  const DAY_OF_FAULT = "2024-02-29" as UtcDay;
  const heldDaily: StoredSamples = {
    // More than a batch a day, so that the rows before the fault have been sent when it comes.
    samples: new Map([
      [
        POINTS[0],
        daysOf(utcDayOf(FIRST_DAY_MS), utcDayOf(ALL.end_time - 1)).flatMap((day) =>
          Array.from({ length: 5_000 }, (_, row): [number, number] => [dayStartMs(day) + row, row]),
        ),
      ],
    ]),
    missing: new Set(),
  };

  const opened = async (source: FixtureSource, format: FormatName) => {
    const faults: unknown[] = [];
    const spent: number[] = [];
    const body = await answerQuery(ALL, format, {
      samples: source,
      buckets: bucketSource(source),
      clock: CLOCK,
      onFault: (fault) => faults.push(fault),
      onCancel: ({ r2Requests }) => spent.push(r2Requests),
    });
    if ("fault" in body) throw new Error(body.fault);
    return { reader: body.getReader(), faults, spent };
  };

  test.each(FORMATS)("fails in %s where its source fails, and reports the fault", async (format) => {
    const source = new FixtureSource(heldDaily);
    source.failsAt = DAY_OF_FAULT;
    const { reader, faults, spent } = await opened(source, format);
    let chunks = 0;
    const read = async () => {
      while (!(await reader.read()).done) chunks += 1;
    };
    await expect(read()).rejects.toThrow("the bucket is unavailable");
    expect(chunks).toBeGreaterThan(1);
    expect(faults).toEqual([new Error("the bucket is unavailable")]);
    expect(spent).toEqual([]);
  });

  test("rejects where its source fails before the first row", async () => {
    const source = new FixtureSource(heldDaily);
    source.failsAt = utcDayOf(FIRST_DAY_MS);
    await expect(opened(source, "json")).rejects.toThrow("the bucket is unavailable");
  });

  test.each(FORMATS)(
    "in %s waits for its reader, and closes its source when the reader cancels",
    async (format) => {
      for (const chunks of [0, 1, 3]) {
        const source = new FixtureSource(heldDaily);
        const { reader, spent } = await opened(source, format);
        for (let taken = 0; taken < chunks; taken++) await reader.read();
        await new Promise(setImmediate);
        expect(source.given.length).toBeLessThanOrEqual(chunks + 1);
        await reader.cancel();
        expect(source.left).toBe(1);
        expect(spent).toEqual([source.given.length]);
      }
    },
  );
});
