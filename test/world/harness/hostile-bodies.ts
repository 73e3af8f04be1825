/** Generators of hostile request bodies and their fields. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";

/** Near misses of `YYYY-MM-DD`, and days at the edges of what is valid. */
export const dates = fc.oneof(
  fc.constantFrom("2024-01-01", "2024-01-02", "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29"),
  fc.constantFrom("2024-02-30", "2024-13-01", "2024-00-01", "2024-01-00", "2024-01-32", "2024-04-31"),
  fc.constantFrom("0000-01-01", "0001-01-01", "9999-12-31", "1969-12-31", "1970-01-01", "+02024-01-01"),
  fc.constantFrom(
    "-002024-01-01",
    "2025-05-31",
    "2025-06-01",
    "2025-06-02",
    "2024-1-1",
    "24-01-01",
    "20240101",
  ),
  fc.constantFrom(" 2024-01-01", "2024-01-01 ", "2024-01-01\n", "2024-01-01\u0000", "2024-01-01T00:00:00Z"),
  fc.constantFrom(
    "2024/01/01",
    "01-01-2024",
    "2024-01-01/../x",
    "٢٠٢٤-٠١-٠١",
    "２０２４-01-01",
    "2024‐01‐01",
    "",
  ),
  fc
    .tuple(fc.nat(9_999), fc.nat(13), fc.nat(32))
    .map(([year, month, day]) =>
      [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-"),
    ),
  fc.string({ maxLength: 12 }),
);

export const siteTexts = fc.constantFrom(
  "site_a",
  "site_b",
  "site_c",
  "SITE_A",
  "../site_a",
  "site_a\u0000",
  "",
  "é",
  "__proto__",
);
const anything = fc.jsonValue({ maxDepth: 3 });

/** Valid days, about as far apart as allowed, or in reverse order. */
const rangesInOrder = fc
  .tuple(
    fc.integer({ min: -3, max: 20_300 }),
    fc.oneof(fc.integer({ min: -2, max: 40 }), fc.integer({ min: 363, max: 368 })),
  )
  .map(([first, days]) => ({ start_date: dayAt(first), end_date: dayAt(first + days) }));
const dayAt = (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10);

/** Fields of a start request, each valid more often than not. */
export const startFields = fc
  .tuple(
    fc.oneof(rangesInOrder, fc.record({ start_date: fc.oneof(dates, anything), end_date: dates })),
    fc.option(fc.array(siteTexts, { maxLength: 3 }), { freq: 1 }),
    fc.option(fc.oneof(fc.boolean(), fc.constantFrom("true", 1, null)), { freq: 1 }),
    fc.option(fc.boolean(), { freq: 1 }),
    fc.option(fc.constantFrom("Start_date", "constructor", "stop", "toString", "\ud800"), { freq: 1 }),
  )
  .map(
    ([range, sites, force, dry, stranger]): Record<string, unknown> => ({
      ...range,
      ...(sites !== null && { sites }),
      ...(force !== null && { force_restart: force }),
      ...(dry !== null && { dry_run: dry }),
      ...(stranger !== null && { [stranger]: 1 }),
    }),
  );

const RANGE = '"start_date":"2024-01-01","end_date":"2024-01-02"';
const bytes = (text: string) => new TextEncoder().encode(text);

export const bodies: fc.Arbitrary<Uint8Array | "endless" | undefined> = fc.oneof(
  fc.constant(undefined),
  startFields.map((fields) => bytes(JSON.stringify(fields))),
  anything.map((value) => bytes(JSON.stringify(value))),
  fc
    .constantFrom(
      `{${RANGE}}`,
      `{${RANGE},"start_date":"2024-01-03"}`,
      `{${RANGE},"__proto__":{"force_restart":true}}`,
      `{${RANGE},"force_restart":1e999}`,
      `{${RANGE},"sites":123456789012345678901234567890}`,
      `\ufeff{${RANGE}}`,
      `\ufeff\ufeff{${RANGE}}`,
      `{${RANGE}}\u0000`,
      `{${RANGE}}{}`,
      `{${RANGE},}`,
      `{"from":"2024-01-01","to":"2023-01-01"}`,
      "start_date=2024-01-01&end_date=2024-01-02",
      "{}",
      "\\",
      "\u0000",
    )
    .map(bytes),
  // Nested deeper than any call stack allows.
  fc
    .tuple(fc.constantFrom("[", '{"a":', `{${RANGE},"sites":[`), fc.integer({ min: 1, max: 12_000 }))
    .map(([open, depth]) => bytes(open.startsWith('{"s') ? open + "[".repeat(depth) : open.repeat(depth))),
  fc.integer({ min: 1, max: 12_000 }).map((depth) => bytes(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`)),
  fc.constantFrom(65_535, 65_536, 65_537, 200_000).map((length) => bytes(`{${RANGE}}`.padEnd(length))),
  fc.uint8Array({ maxLength: 64 }).map((odd) => new Uint8Array(odd)),
  fc.constantFrom(
    new Uint8Array(gzipSync(`{${RANGE}}`)),
    new Uint8Array(Buffer.from(`{${RANGE}}`, "utf16le")),
  ),
  fc.constant("endless" as const),
);
