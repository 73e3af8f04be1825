import { expect } from "vitest";
import type { FormatName, QueryMetadata } from "../../src/contract/query.ts";
import { MEDIA_TYPES } from "../../src/contract/query.ts";
import { READERS, type ReadBack } from "../support/query/read-back.ts";
import type { Row } from "../support/query/source.ts";
import type { QueryWorker, Reply } from "./query-worker.ts";
import { expectedDays, type ReferenceRollups } from "./reference-days.ts";
import { type ExpectedRow, expectedRows, isRight } from "./reference-rows.ts";
import { inFormat, parametersOf, type TestQuery } from "./test-queries.ts";

/** Requests the whole answer, and again page after page: both must be DuckDB's. */
export async function checkAnswer(
  workerOf: (query: TestQuery) => QueryWorker,
  query: TestQuery,
  rollups?: ReferenceRollups,
) {
  const rows = await expectedRows(query);
  const days = await expectedDays(query, rollups);
  const [format = "json"] = query.formats;
  const whole = await send(workerOf(query), query, format, {});
  expectRows(whole.rows, rows);
  expect(whole.nextCursor).toBeNull();
  if (whole.metadata) {
    expect(whole.metadata).toMatchObject({ ...days, total_samples: rows.length, ...costOf(whole.reply) });
  }
  await checkPages(workerOf, query, rows, days);
}

/** Pages of any format and of about the same length, up to the last cursor. */
async function checkPages(
  workerOf: (query: TestQuery) => QueryWorker,
  query: TestQuery,
  rows: readonly ExpectedRow[],
  days: { missing_days: readonly string[]; empty_days: readonly string[] },
) {
  const limit = Math.max(1, Math.floor(rows.length / query.pages));
  const paged: Row[] = [];
  const metadata: (QueryMetadata | undefined)[] = [];
  let cursor: string | null = null;
  for (let page = 0; page === 0 || cursor !== null; page += 1) {
    const format = query.formats[page % query.formats.length] as FormatName;
    const given: Record<string, string> = { limit: String(limit), ...(cursor !== null && { cursor }) };
    const answer = await send(workerOf(query), query, format, given);
    paged.push(...answer.rows);
    metadata.push(answer.metadata);
    cursor = answer.nextCursor;
    // Every page but the last has a row.
    expect(page).toBeLessThanOrEqual(rows.length);
    expect(answer.rows.length).toBeLessThanOrEqual(limit);
    if (cursor !== null) expect(answer.rows).toHaveLength(limit);
    if (answer.metadata) {
      expect(answer.metadata.total_samples).toBe(answer.rows.length);
      expectCost(answer.metadata, answer.reply, cursor === null);
    }
  }
  expectRows(paged, rows);
  if (metadata.some((page) => !page)) return;
  expect(metadata.flatMap((page) => page?.missing_days)).toEqual(days.missing_days);
  expect(metadata.flatMap((page) => page?.empty_days)).toEqual(days.empty_days);
}

async function send(
  worker: QueryWorker,
  query: TestQuery,
  format: FormatName,
  given: Record<string, string>,
) {
  const params = parametersOf(query);
  for (const [name, value] of Object.entries(given)) params.set(name, value);
  const headers = inFormat(params, format, query);
  const reply = await worker.get("/timeseries/query", params, headers);
  const text = () => `${params} ${new TextDecoder().decode(reply.body.subarray(0, 500))}`;
  expect(reply.status, reply.status === 200 ? "" : text()).toBe(200);
  expect(reply.contentType).toContain(MEDIA_TYPES[format]);
  const read: ReadBack = await READERS[format](reply.body);
  return { ...read, reply };
}

export function expectRows(actual: readonly Row[], expected: readonly ExpectedRow[]): void {
  expect(actual.map(({ point, ms }) => [point, ms])).toEqual(expected.map(({ point, ms }) => [point, ms]));
  const wrong = expected.flatMap((row, at) => {
    const value = actual[at]?.value ?? Number.NaN;
    return isRight(value, row.value) ? [] : [{ ...row, actual: value }];
  });
  expect(wrong).toEqual([]);
}

/** The cost by the requests that the bucket counted. */
export function costOf({ requests }: Reply) {
  return { r2_requests: requests.length, bytes_read: requests.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** A page that ends before its days has requests of later days in flight, whose bytes it does not wait for. */
function expectCost(metadata: QueryMetadata, reply: Reply, isLast: boolean): void {
  const cost = costOf(reply);
  if (isLast) expect(metadata).toMatchObject(cost);
  expect(metadata.r2_requests).toBe(cost.r2_requests);
  expect(metadata.bytes_read).toBeLessThanOrEqual(cost.bytes_read);
}
