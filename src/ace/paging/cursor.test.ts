import fc from "fast-check";
import { expect, test } from "vitest";
import { formatNaiveTime } from "../../domain/time.ts";
import { VendorFault } from "../faults.ts";
import { decodeSamples } from "../page/page.ts";
import { decodeCursor, encodeCursor, nextCursor } from "./cursor.ts";

const T = "2025-10-12T16:30:37.626470";
const LATER = "2025-10-12T16:35:00";
const keep = { fromMicros: 0, toMicros: Number.MAX_SAFE_INTEGER };

function page(times: readonly string[], cursor: string | null) {
  const body = {
    point_samples: times.map((time, index) => ({ name: `p${index}`, value: "1", time })),
    next_cursor: cursor,
    has_more: cursor !== null,
  };
  return decodeSamples(Buffer.from(JSON.stringify(body)), { points: new Map(), keep, requested: keep });
}

test("a cursor is, byte for byte, the vendor's", () => {
  const captured = "eyJvZmZzZXQiOiAyMDcwLCAidGltZXN0YW1wIjogIjIwMjUtMTAtMTJUMTY6MzA6MzcuNjI2NDcwIn0=";
  expect(encodeCursor(2070, T)).toBe(captured);
  expect(decodeCursor(captured)).toMatchObject({ offset: 2070, timestamp: T });
});

test("encoding and decoding are inverse", () => {
  const micros = fc.integer({ min: 0, max: Date.UTC(2255, 0, 1) * 1000 });
  fc.assert(
    fc.property(fc.nat(), micros, (offset, at) => {
      const timestamp = formatNaiveTime(at);
      expect(decodeCursor(encodeCursor(offset, timestamp))).toEqual({ offset, timestamp, micros: at });
    }),
  );
});

test.each([
  "",
  "not base64 ☃",
  btoa("null"),
  btoa("[1,2]"),
  btoa('{"offset": 1}'),
  btoa(`{"offset": 1, "timestamp": "${T}", "shard": 2}`),
  btoa(`{"offset": -1, "timestamp": "${T}"}`),
  btoa(`{"offset": 1.5, "timestamp": "${T}"}`),
  btoa(`{"offset": "1", "timestamp": "${T}"}`),
  btoa('{"offset": 1, "timestamp": "now"}'),
  btoa('{"offset": 1, "timestamp": "2025-10-12T16:30:37.626470123"}'),
])("%j is opaque", (text) => {
  expect(decodeCursor(text)).toBeUndefined();
});

test("a correct server's cursor is passed on unchanged", () => {
  const given = btoa(`{"offset":2,"timestamp":"${LATER}"}`);
  expect(nextCursor(null, page([T, LATER, LATER], given))).toBe(given);
});

test("inside one timestamp the offset that was sent is added", () => {
  const sent = encodeCursor(1000, T);
  expect(nextCursor(sent, page([T, T, T], encodeCursor(3, T)))).toBe(encodeCursor(1003, T));
  expect(nextCursor(sent, page([T, T, T], encodeCursor(1003, T)))).toBe(encodeCursor(1003, T));
});

test("once the page leaves the timestamp only the rows of its last timestamp count", () => {
  expect(nextCursor(encodeCursor(1000, T), page([T, LATER], encodeCursor(1, LATER)))).toBe(
    encodeCursor(1, LATER),
  );
  expect(nextCursor(encodeCursor(1000, T), page([T, LATER], encodeCursor(99, LATER)))).toBe(
    encodeCursor(1, LATER),
  );
});

test("a cursor whose timestamp isn't the page's last gives way to the page", () => {
  expect(nextCursor(null, page([T, LATER], encodeCursor(7, T)))).toBe(encodeCursor(1, LATER));
});

test("rows without a readable time are counted as the server says, as far as that is possible", () => {
  expect(nextCursor(null, page([T, "?", LATER], encodeCursor(2, LATER)))).toBe(encodeCursor(2, LATER));
  expect(nextCursor(null, page([T, "?", LATER], encodeCursor(1, LATER)))).toBe(encodeCursor(1, LATER));
  expect(nextCursor(null, page([T, "?", LATER], encodeCursor(9, LATER)))).toBe(encodeCursor(2, LATER));
  expect(nextCursor(null, page([T, "?"], encodeCursor(1, LATER)))).toBe(encodeCursor(1, LATER));
  expect(nextCursor(encodeCursor(5, T), page(["?", "?"], encodeCursor(2, T)))).toBe(encodeCursor(7, T));
});

/** So many rows each in timestamps that lie a microsecond apart, and in the order of the vendor. */
const groups = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
const timeText = (group: number) => `2025-10-12T16:30:37.00000${group + 1}`;
/** The vendor's cursor, built without the code under test. */
const python = (offset: number, group: number) =>
  Buffer.from(`{"offset": ${offset}, "timestamp": "${timeText(group)}"}`).toString("base64");

test("at every page, of any size, the cursor is the one that a correct server gives", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 });
  const server = fc.constantFrom(
    (right: number) => right,
    // The live server ignores the offset that was sent.
    (_: number, onPage: number) => onPage,
    // No server is known to count so; for rows with readable times the server's count is not needed.
    (right: number) => (right * 7) % 5,
  );
  fc.assert(
    fc.property(groups, sizes, server, (counts, pageSizes, offsetOf) => {
      const rows = counts.flatMap((count, group) => Array.from({ length: count }, () => group));
      let sent: string | null = null;
      for (let from = 0, request = 0; from < rows.length; request += 1) {
        const drawn = rows.slice(from, from + (pageSizes[request % pageSizes.length] ?? 1));
        from += drawn.length;
        const last = drawn.at(-1) ?? 0;
        const offset = from - rows.indexOf(last);
        const right = python(offset, last);
        const onPage = drawn.filter((group) => group === last).length;
        const given = python(offsetOf(offset, onPage), last);
        expect(nextCursor(sent, page(drawn.map(timeText), given))).toBe(right);
        sent = right;
      }
    }),
    { numRuns: 500 },
  );
});

test("a cursor that leads back or nowhere is a fault", () => {
  const sent = encodeCursor(3, LATER);
  expect(nextCursor(sent, page([T], encodeCursor(1, T)))).toBeInstanceOf(VendorFault);
  expect(nextCursor(sent, page([], encodeCursor(1, T)))).toBeInstanceOf(VendorFault);
  expect(nextCursor(encodeCursor(5, LATER), page([T, LATER], encodeCursor(1, LATER)))).toBeInstanceOf(
    VendorFault,
  );
  expect(nextCursor("q:1", page([T], "q:1"))).toBeInstanceOf(VendorFault);
  expect(nextCursor(sent, page([T], null))).toBeInstanceOf(VendorFault);
});
