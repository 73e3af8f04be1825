import type { EpochMicros } from "../domain/day.ts";
import type { SampleColumns, Span } from "../domain/samples.ts";
import { parseTime } from "../domain/time.ts";
import { parseValue, type RejectReason, valueRejection } from "../domain/value.ts";
import { protocolFault } from "./faults.ts";
import { type JsonObject, parseJsonObject } from "./json.ts";
import { CURSOR_CHARS_MAX } from "./limits.ts";
import { type PageEnds, TimeRuns } from "./time-runs.ts";

export interface PageContext {
  /** Ids of the configured points by name. */
  readonly points: ReadonlyMap<string, number>;
  /** The window, half-open: what is kept. */
  readonly keep: Span;
  /** The window with its margins, both ends included: see `askedSpan`. */
  readonly asked: Span;
}

/** A page of samples, decoded. `fetched` = `kept.length` + all of `rejected` + `outside` + `unconfigured`. */
export interface SamplesPage extends PageEnds {
  /** As sent: what cursors count. */
  readonly rows: number;
  readonly kept: SampleColumns;
  /** `rows` without those of the margin, which are counted nowhere: a neighbouring window has them. */
  readonly fetched: number;
  readonly rejected: Readonly<Partial<Record<RejectReason, number>>>;
  readonly outside: number;
  readonly unconfigured: number;
  readonly hasMore: boolean;
  /** As sent; a string wherever `hasMore`. */
  readonly nextCursor: string | null;
}

/**
 * Decodes a response of `timeseries/paginated`. Throws `VendorFault`: "truncated" or "malformed" for bad JSON,
 * "protocol" for JSON that isn't a page, and for times that do not ascend: cursors count rows of the last
 * timestamp, which means nothing in a page without order.
 */
export function decodeSamples(text: string, context: PageContext): SamplesPage {
  const body = parseJsonObject(text);
  const samples: unknown = body.point_samples;
  if (!Array.isArray(samples)) throw protocolFault("the page has no array point_samples");
  const way = decodeWay(body);
  const tally = readRows(samples, context);
  return { rows: samples.length, ...tally, ...way };
}

/**
 * `has_more` has to be there: taking its absence for an end could lose the rest of a window without a trace.
 * `next_cursor` may be absent, as if null, where there is nothing more.
 */
function decodeWay(body: JsonObject): Pick<SamplesPage, "hasMore" | "nextCursor"> {
  const hasMore = body.has_more;
  const nextCursor = body.next_cursor ?? null;
  if (typeof hasMore !== "boolean")
    throw protocolFault("the page does not say whether there is more (has_more)");
  if (nextCursor !== null && typeof nextCursor !== "string")
    throw protocolFault("next_cursor is not a string");
  if (hasMore && !nextCursor) throw protocolFault("the page says there is more, and gives no cursor to it");
  if (nextCursor !== null && nextCursor.length > CURSOR_CHARS_MAX) {
    throw protocolFault("next_cursor is too long", { chars: nextCursor.length, charsMax: CURSOR_CHARS_MAX });
  }
  return { hasMore, nextCursor };
}

type Tally = Omit<SamplesPage, "rows" | "hasMore" | "nextCursor">;

/** One pass from parsed rows to columns. Parsed objects die with the page; only numbers leave here. */
function readRows(samples: readonly unknown[], context: PageContext): Tally {
  const { points, keep, asked } = context;
  const point = new Uint32Array(samples.length);
  const micros = new Float64Array(samples.length);
  const value = new Float64Array(samples.length);
  const rejected: Partial<Record<RejectReason, number>> = {};
  const reject = (reason: RejectReason) => {
    rejected[reason] = (rejected[reason] ?? 0) + 1;
    rejections += 1;
  };
  const runs = new TimeRuns();
  let length = 0;
  let rejections = 0;
  let outside = 0;
  let unconfigured = 0;
  let timeText = "";
  let time: EpochMicros | undefined;
  for (let row = 0; row < samples.length; row += 1) {
    const sample: unknown = samples[row];
    if (!isNamedAndTimed(sample)) {
      reject("shape");
      continue;
    }
    // Thousands of rows in a row carry the same timestamp.
    if (sample.time !== timeText) {
      timeText = sample.time;
      time = parseTime(timeText);
    }
    if (time === undefined) {
      reject("time");
      continue;
    }
    runs.add(row, time);
    if (time < keep.fromMicros || time >= keep.toMicros) {
      if (time < asked.fromMicros || time > asked.toMicros) outside += 1;
      continue;
    }
    const id = points.get(sample.name);
    if (id === undefined) {
      unconfigured += 1;
      continue;
    }
    const number = parseValue(sample.value);
    if (Number.isNaN(number)) {
      reject(valueRejection(sample.value));
      continue;
    }
    point[length] = id;
    micros[length] = time;
    value[length] = number;
    length += 1;
  }
  const fetched = length + rejections + outside + unconfigured;
  return {
    kept: { length, point, micros, value },
    fetched,
    rejected,
    outside,
    unconfigured,
    ...runs.ends(samples),
  };
}

interface WireSample {
  readonly name: string;
  readonly time: string;
  readonly value: unknown;
}

function isNamedAndTimed(sample: unknown): sample is WireSample {
  if (typeof sample !== "object" || sample === null) return false;
  const { name, time } = sample as Partial<WireSample>;
  return typeof name === "string" && typeof time === "string";
}
