import type { EpochMicros } from "../../src/domain/day.ts";
import { parseInstant } from "../naive-time.ts";
import { decodeCursor, type Position } from "./next-cursor.ts";
import { jsonReply, type Reply } from "./reply.ts";

/** The page sizes that the vendor allows; any other size is a 400. */
export const PAGE_SIZES = [
  3, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 300_000, 500_000,
] as const;
export const POINTS_PER_PAGE = [2, 10, 20, 30, 40, 50, 100, 500, 1_000, 5_000, 10_000, 100_000] as const;

export interface SamplesQuery {
  readonly fromMicros: EpochMicros;
  readonly toMicros: EpochMicros;
  readonly pageSize: number;
  readonly cursor: Position | undefined;
  readonly raw: boolean;
}

export interface PointsQuery {
  readonly page: number;
  readonly perPage: number;
}

/** A query, or the 400 for a request that has none. */
export type Parsed<T> = { readonly query: T } | { readonly rejection: Reply };

export function parseSamplesQuery(params: URLSearchParams): Parsed<SamplesQuery> {
  const times = ["start_time", "end_time"].map((field) => ({ field, text: params.get(field) }));
  for (const { field, text } of times) {
    if (text === null) return reject(field, "Missing required parameter in the query string");
    if (parseInstant(text) === undefined) return reject(field, `time data '${text}' is not ISO 8601 with Z`);
  }
  const pageSize = choiceOf(params, "page_size", PAGE_SIZES, 10_000);
  if (typeof pageSize !== "number") return pageSize;
  const rawText = (params.get("raw_data") ?? "false").toLowerCase();
  if (!["true", "false", "1", "0"].includes(rawText)) {
    return reject("raw_data", `Invalid literal for boolean(): ${rawText}`);
  }
  const cursorText = params.get("cursor") ?? "";
  const cursor = cursorText === "" ? undefined : decodeCursor(cursorText);
  if (cursorText !== "" && !cursor) return { rejection: jsonReply(400, { message: "Invalid cursor" }) };
  const [fromMicros = 0, toMicros = 0] = times.map(({ text }) => parseInstant(text ?? ""));
  return { query: { fromMicros, toMicros, pageSize, cursor, raw: rawText === "true" || rawText === "1" } };
}

export function parsePointsQuery(params: URLSearchParams): Parsed<PointsQuery> {
  const pageText = params.get("page") ?? "1";
  if (!/^[+-]?\d+$/.test(pageText)) {
    return reject("page", `invalid literal for int() with base 10: '${pageText}'`);
  }
  const perPage = choiceOf(params, "per_page", POINTS_PER_PAGE, 10);
  if (typeof perPage !== "number") return perPage;
  return { query: { page: Math.max(1, Number(pageText)), perPage } };
}

function choiceOf(
  params: URLSearchParams,
  field: string,
  choices: readonly number[],
  fallback: number,
): number | { rejection: Reply } {
  const text = params.get(field);
  if (text === null) return fallback;
  const choice = choices.find((each) => String(each) === text);
  return choice ?? reject(field, `The value '${text}' is not a valid choice for '${field}'.`);
}

function reject(field: string, reason: string): { rejection: Reply } {
  const body = { errors: { [field]: reason }, message: "Input payload validation failed" };
  return { rejection: jsonReply(400, body) };
}
