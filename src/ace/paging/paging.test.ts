import fc from "fast-check";
import { expect, test } from "vitest";
import type { Span } from "../../domain/samples.ts";
import { formatNaiveTime } from "../../domain/time.ts";
import { EMPTY_PAGES_MAX } from "../limits.ts";
import { decodeSamples } from "../page/page.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import {
  advance,
  advanceNoData,
  PAGE_SIZE_MAX,
  type PageResult,
  type PageSize,
  type Pagination,
  pageSizeFor,
  requestedSpan,
  resumePagination,
  savePagination,
  startPagination,
} from "./paging.ts";

const START = Date.UTC(2026, 7, 7) * 1000;
const span: Span = { fromMicros: START, toMicros: START + 3_600_000_000 };
const POINTS = 6_000;
const points = new Map(Array.from({ length: POINTS }, (_, id) => [`ses/site/${id}`, id]));

interface Row {
  /** Below zero: sent without a name. */
  readonly point: number;
  readonly micros: number;
  /** Sent with a text for time that can't be read. */
  readonly unreadable?: boolean;
}

interface Model {
  readonly rows: readonly Row[];
  /** With the live server's bug: the offset in the request is ignored. */
  readonly forgets: boolean;
  /** The order inside a timestamp, by request. */
  readonly shuffle?: (rows: Row[], request: number) => Row[];
}

/** The vendor as `cursor` and `page_size` see it. */
function answer(model: Model, cursor: string | null, pageSize: number, request: number): string {
  const rows = ordered(model, request);
  const place = cursor === null ? undefined : decodeCursor(cursor);
  const from = place ? rows.findIndex((row) => row.micros >= place.micros) + place.offset : 0;
  const page = rows.slice(from, from + pageSize);
  const hasMore = from + pageSize < rows.length;
  const last = page.at(-1)?.micros ?? 0;
  const drawn = page.filter((row) => row.micros === last).length;
  const offset = !model.forgets && place?.micros === last ? place.offset + drawn : drawn;
  return JSON.stringify({
    point_samples: page.map((row) => ({
      name: row.point < 0 ? null : `ses/site/${row.point}`,
      value: "1.5",
      time: row.unreadable ? "yesterday" : formatNaiveTime(row.micros),
    })),
    next_cursor: hasMore ? encodeCursor(offset, formatNaiveTime(last)) : null,
    has_more: hasMore,
  });
}

function ordered({ rows, shuffle }: Model, request: number): Row[] {
  if (!shuffle) return [...rows];
  return [...Map.groupBy(rows, (row) => row.micros).values()].flatMap((group) => shuffle(group, request));
}

interface Reading {
  readonly end: PageResult;
  /** How often each row was kept. */
  readonly received: Map<string, number>;
  readonly requests: number;
  readonly refetches: number;
}

function drive(
  model: Model,
  pageSize: PageSize,
  options: { max?: PageSize; crashAt?: number } = {},
): Reading {
  const received = new Map<string, number>();
  let pagination: Pagination = startPagination(span);
  let refetches = 0;
  for (let requests = 1; ; requests += 1) {
    // More requests than rows mean a pagination that does not end.
    if (requests > 3 * model.rows.length + 100) throw new Error("the pagination does not end");
    if (requests === options.crashAt)
      pagination = resumePagination(JSON.parse(JSON.stringify(savePagination(pagination))));
    const size = pageSizeFor(pagination, pageSize);
    const text = answer(model, pagination.cursor, size, requests);
    const page = decodeSamples(Buffer.from(text), { points, keep: span, requested: requestedSpan(span) });
    const end = advance(pagination, page, size, options.max ?? PAGE_SIZE_MAX);
    if (end.accept) {
      for (let row = 0; row < page.kept.length; row += 1) {
        const key = `${page.kept.point[row]}@${page.kept.micros[row]}`;
        received.set(key, (received.get(key) ?? 0) + 1);
      }
    }
    if (end.next === "refetch") refetches += 1;
    if (end.next === "done" || end.next === "fault") return { end, received, requests, refetches };
    pagination = end.pagination;
  }
}

function everyRow(model: Model): string[] {
  const readable = model.rows.filter((row) => !row.unreadable);
  return [...new Set(readable.map((row) => `${row.point}@${row.micros}`))].sort();
}

function expectWhole(model: Model, reading: Reading): void {
  expect(reading.end.next).toBe("done");
  expect([...reading.received.keys()].sort()).toEqual(everyRow(model));
}

/** Timestamps of so many rows each, ascending; every point at most once a timestamp. */
function rowsOf(groups: readonly number[]): Row[] {
  return groups.flatMap((size, group) =>
    Array.from({ length: size }, (_, point) => ({ point, micros: START + group * 300_000_001 })),
  );
}

const groups = (max: number) => fc.array(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 8 });

test.each([
  [3, 9],
  [3, 40],
  [50, 400],
  [1000, 5000],
] as const)(
  "every row comes exactly once at page size %i with up to %i rows a timestamp, from a correct server and the live one",
  (pageSize, rowsMax) => {
    fc.assert(
      fc.property(groups(rowsMax), fc.boolean(), (sizes, forgets) => {
        const model = { rows: rowsOf(sizes), forgets };
        const reading = drive(model, pageSize);
        expectWhole(model, reading);
        expect(new Set(reading.received.values())).toEqual(new Set([1]));
        expect(reading.refetches).toBe(0);
      }),
      { numRuns: 30 },
    );
  },
);

test("thousands of rows in one timestamp are read at the smallest page size", () => {
  const model = { rows: rowsOf([1, 2_500, 2]), forgets: true };
  expectWhole(model, drive(model, 3));
});

function shuffled(rows: Row[], seed: number): Row[] {
  let state = (seed + 1) * 2_654_435_761;
  const keyed = rows.map((row) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return { row, key: state };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ row }) => row);
}

test("an order that changes between requests loses no row", () => {
  fc.assert(
    fc.property(
      groups(120),
      fc.boolean(),
      fc.constantFrom<PageSize>(3, 10, 50, 100),
      fc.nat(),
      (sizes, forgets, pageSize, seed) => {
        const shuffle = (rows: Row[], request: number) => shuffled(rows, seed + request);
        const model = { rows: rowsOf(sizes), forgets, shuffle };
        expectWhole(model, drive(model, pageSize));
      },
    ),
    { numRuns: 200 },
  );
});

test("a changed order is repaired with the smallest page that holds the timestamp", () => {
  const shuffle = (rows: Row[], request: number) => (request % 2 ? rows : rows.toReversed());
  const model = { rows: rowsOf([100, 700, 100]), forgets: true, shuffle };
  const reading = drive(model, 500);
  expectWhole(model, reading);
  expect(reading.refetches).toBe(1);
  expect(reading.requests).toBe(3);
});

test("a row without a name that comes twice means that the order changed, like any other row", () => {
  const nameless = { point: -1, micros: START };
  const rows = [nameless, ...rowsOf([4])];
  // After the boundary the second request finds the nameless row again, and before it a row that it has not seen.
  const shuffle = (group: Row[], request: number) =>
    request === 1 ? group : [...group.slice(1, -1), nameless, ...group.slice(-1)];
  const reading = drive({ rows, forgets: true, shuffle }, 3);
  expect(reading.end.next).toBe("done");
  expect([...reading.received.keys()].sort()).toEqual(everyRow({ rows: rows.slice(1), forgets: true }));
});

test("a timestamp whose order changes and that fits on no page fails instead of losing rows", () => {
  const shuffle = (rows: Row[], request: number) => shuffled(rows, request);
  const reading = drive({ rows: rowsOf([700]), forgets: true, shuffle }, 50, { max: 500 });
  expect(reading.end).toMatchObject({ next: "fault", fault: { reason: "protocol" } });
});

test("a genuine duplicate is handled like a changed order, wherever the boundary falls", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 59 }), (size, point) => {
      const rows = rowsOf([5, size, 5]);
      rows.splice(5 + size, 0, { point: Math.min(point, size - 1), micros: START + 300_000_001 });
      const model = { rows, forgets: true };
      expectWhole(model, drive(model, 10));
    }),
  );
});

test("rows whose time can't be read do not shift the cursor", () => {
  fc.assert(
    fc.property(
      groups(30),
      fc.boolean(),
      fc.constantFrom<PageSize>(3, 10, 50),
      fc.func(fc.integer({ min: 0, max: 3 })),
      (sizes, forgets, pageSize, dice) => {
        const rows = rowsOf(sizes).map((row) => ({ ...row, unreadable: dice(row.point, row.micros) === 0 }));
        const model = { rows, forgets };
        const reading = drive(model, pageSize);
        // Ten pages in a row without a readable time are a separate fault.
        if (reading.end.next !== "fault") expectWhole(model, reading);
      },
    ),
    { numRuns: 300 },
  );
});

test("a pagination that is resumed anywhere, even inside a timestamp, loses no row", () => {
  fc.assert(
    fc.property(
      groups(40),
      fc.boolean(),
      fc.constantFrom<PageSize>(3, 10),
      fc.integer({ min: 1, max: 40 }),
      (sizes, forgets, pageSize, crashAt) => {
        const model = { rows: rowsOf(sizes), forgets };
        expectWhole(model, drive(model, pageSize, { crashAt }));
      },
    ),
  );
});

test("a pagination resumed inside a timestamp begins at its first row", () => {
  const saved = { span, cursor: encodeCursor(2070, "2026-08-07T00:30:37.626470") };
  expect(resumePagination(saved).cursor).toBe(encodeCursor(0, "2026-08-07T00:30:37.626470"));
  expect(resumePagination({ span, cursor: "opaque" }).cursor).toBe("opaque");
  expect(resumePagination({ span, cursor: null })).toEqual(startPagination(span));
});

function page(samples: readonly (readonly [number, number])[], nextCursor: string | null) {
  const body = {
    point_samples: samples.map(([point, micros]) => ({
      name: `ses/site/${point}`,
      value: "1",
      time: formatNaiveTime(START + micros),
    })),
    next_cursor: nextCursor,
    has_more: nextCursor !== null,
  };
  return decodeSamples(Buffer.from(JSON.stringify(body)), {
    points,
    keep: span,
    requested: requestedSpan(span),
  });
}

function paginationAfter(result: PageResult): Pagination {
  if (result.next === "fault") throw result.fault;
  return result.pagination;
}

test("opaque cursors are passed back unread", () => {
  const first = advance(startPagination(span), page([[0, 0]], "q:7"), 3);
  expect(paginationAfter(first).cursor).toBe("q:7");
  expect(advance(paginationAfter(first), page([[0, 5]], null), 3)).toMatchObject({ next: "done" });
});

test("an opaque cursor that repeats, or leads back, is a fault", () => {
  const after = paginationAfter(
    advance(
      startPagination(span),
      page(
        [
          [0, 0],
          [0, 9],
        ],
        "q:7",
      ),
      3,
    ),
  );
  expect(advance(after, page([[0, 10]], "q:7"), 3).next).toBe("fault");
  expect(
    advance(
      after,
      page(
        [
          [0, 0],
          [0, 9],
        ],
        "q:8",
      ),
      3,
    ).next,
  ).toBe("fault");
  expect(advance(after, page([[0, 9]], "q:8"), 3).next).toBe("fault");
});

test("a server that ignores the cursor is detected, and not followed in a circle", () => {
  const whole = rowsOf([4, 4, 4]);
  fc.assert(
    fc.property(fc.constantFrom<PageSize>(3, 10), (size) => {
      let pagination = startPagination(span);
      for (let request = 1; request <= 20; request += 1) {
        const pageSize = pageSizeFor(pagination, size);
        const text = answer({ rows: whole, forgets: true }, null, pageSize, request);
        const result = advance(
          pagination,
          decodeSamples(Buffer.from(text), { points, keep: span, requested: requestedSpan(span) }),
          pageSize,
        );
        if (result.next === "fault" || result.next === "done") return;
        pagination = result.pagination;
      }
      throw new Error("followed in a circle");
    }),
  );
});

test("empty pages that say there is more are followed, up to a bound", () => {
  const at = encodeCursor(1, formatNaiveTime(START));
  let pagination = paginationAfter(advance(startPagination(span), page([[0, 0]], at), 3));
  for (let empty = 1; empty <= EMPTY_PAGES_MAX; empty += 1) {
    pagination = paginationAfter(advance(pagination, page([], encodeCursor(0, formatNaiveTime(START))), 3));
    // The server counts zero rows: its cursor would lead back into the timestamp.
    expect(pagination.cursor).toBe(at);
  }
  expect(advance(pagination, page([[1, 0]], null), 3)).toMatchObject({ next: "done" });
  expect(advance(pagination, page([], at), 3).next).toBe("fault");
});

test("an empty page that points ahead is followed to the first row of that timestamp", () => {
  const ahead = paginationAfter(
    advance(startPagination(span), page([], encodeCursor(5, formatNaiveTime(START + 7))), 3),
  );
  expect(ahead.cursor).toBe(encodeCursor(0, formatNaiveTime(START + 7)));
  expect(advance(ahead, page([[0, 6]], null), 3).next).toBe("fault");
});

test("pages without a readable time are bounded too", () => {
  const text = JSON.stringify({
    point_samples: [{ name: "a", time: "?", value: "1" }],
    next_cursor: "A",
    has_more: true,
  });
  let pagination = startPagination(span);
  for (let request = 0; request <= EMPTY_PAGES_MAX; request += 1) {
    const result = advance(
      pagination,
      decodeSamples(Buffer.from(text.replace('"A"', `"${request}"`)), {
        points,
        keep: span,
        requested: span,
      }),
      3,
    );
    if (request === EMPTY_PAGES_MAX) expect(result.next).toBe("fault");
    else pagination = paginationAfter(result);
  }
});

test("an empty window ends at once, and no data means empty for its first request only", () => {
  expect(advance(startPagination(span), page([], null), 3)).toMatchObject({ next: "done", accept: true });
  expect(advanceNoData(startPagination(span))).toMatchObject({ next: "done" });
  const later = paginationAfter(advance(startPagination(span), page([[0, 0]], "q:7"), 3));
  expect(advanceNoData(later)).toMatchObject({ next: "fault", fault: { reason: "protocol" } });
});

test("a server that ignores end_time is not followed into the present", () => {
  const beyond = span.toMicros - START + 1_000_001;
  expect(advance(startPagination(span), page([[0, beyond]], "q:7"), 3).next).toBe("done");
});

test("a single absurd time at the end of a page is not followed past the rows after it", () => {
  const absurd = Date.UTC(9999, 0, 1) * 1_000 - START;
  const cursor = encodeCursor(1, formatNaiveTime(START + 5));
  const rows = [
    [0, 5],
    [1, absurd],
  ] as const;
  expect(advance(startPagination(span), page(rows, cursor), 3)).toMatchObject({
    next: "fault",
    accept: false,
  });
  // Where its cursor agrees, the server itself has left the window.
  expect(
    advance(startPagination(span), page(rows, encodeCursor(1, formatNaiveTime(START + absurd))), 3).next,
  ).toBe("more");
});

test("a full page with a cursor is not taken for the last: another request tells", () => {
  const lying = (samples: readonly (readonly [number, number])[], offset: number) => ({
    ...page(samples, encodeCursor(offset, formatNaiveTime(START + (samples.at(-1)?.[1] ?? 0)))),
    hasMore: false,
  });
  const full = [
    [0, 0],
    [1, 0],
    [2, 5],
  ] as const;
  const unconfirmed = advance(startPagination(span), lying(full, 1), 3);
  expect(unconfirmed).toMatchObject({ next: "more", accept: true, pagination: { endReported: true } });
  expect(paginationAfter(unconfirmed).cursor).toBe(encodeCursor(1, formatNaiveTime(START + 5)));
  // It was the last page: an empty page says so, or "no data".
  expect(advance(paginationAfter(unconfirmed), page([], null), 3).next).toBe("done");
  expect(advanceNoData(paginationAfter(unconfirmed)).next).toBe("done");
  // It was not.
  const more = advance(
    paginationAfter(unconfirmed),
    page([[3, 7]], encodeCursor(1, formatNaiveTime(START + 7))),
    3,
  );
  expect(more).toMatchObject({ next: "more", pagination: { endReported: false } });
  expect(advanceNoData(paginationAfter(more)).next).toBe("fault");
  // A page that is not full is the last one, whatever cursor it has.
  expect(advance(startPagination(span), lying([[0, 0]], 1), 3).next).toBe("done");
});

test("a timestamp that is pageSize for again and is gone is a fault", () => {
  const at = encodeCursor(1, formatNaiveTime(START));
  const first = paginationAfter(advance(startPagination(span), page([[0, 0]], at), 3));
  const again = advance(
    first,
    page(
      [
        [0, 0],
        [1, 0],
      ],
      null,
    ),
    3,
  );
  expect(again).toMatchObject({
    next: "refetch",
    accept: false,
    pagination: { refetching: { pageSizeMin: 10 } },
  });
  expect(advance(paginationAfter(again), page([[0, 1]], null), 3).next).toBe("fault");
  expect(advance(paginationAfter(again), page([], null), 3).next).toBe("fault");
  expect(
    advance(
      paginationAfter(again),
      page(
        [
          [0, 0],
          [1, 0],
        ],
        null,
      ),
      3,
    ).next,
  ).toBe("done");
});

test("a saved pagination is small, whatever was seen at its boundary", () => {
  const reading = advance(
    startPagination(span),
    page(
      Array.from({ length: 5000 }, (_, id) => [id, 0] as const),
      "q:7",
    ),
    5000,
  );
  expect(JSON.stringify(savePagination(paginationAfter(reading))).length).toBeLessThan(200);
});
