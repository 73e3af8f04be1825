import { UnlistedNames } from "../../ace/page/page.ts";
import {
  PAGE_SIZE_MAX,
  type PageSizeLadder,
  parsePageSize,
  startLadder,
  startPagination,
} from "../../ace/paging/paging.ts";
import type { EpochMs } from "../../domain/day.ts";
import { imbalance, type Transport } from "../../domain/evidence.ts";
import type { SampleColumns } from "../../domain/samples.ts";
import { type PageHalt, WindowReader } from "../../fetch/fetch.ts";
import type { HotColumns } from "../../hot/hot.ts";
import { BYTES_A_SAMPLE } from "../../parquet/run/run.ts";
import type { SyncContext } from "../context.ts";
import { WINDOW_SAMPLES_MAX } from "../limits.ts";
import type { ReadFault } from "../read-fault.ts";
import type { TimeSpan } from "../schedule.ts";
import { getState, setState } from "../state/state.ts";
import { toHotColumns } from "./hot-columns.ts";

/** A window as the API has it, in memory. */
export interface WindowRead {
  readonly kind: "read";
  readonly span: TimeSpan;
  /** When the reading began. */
  readonly readAt: EpochMs;
  /** Sorted by point, then time; `point` is the number of a point in hot storage. */
  readonly columns: HotColumns;
  readonly transport: Transport;
  readonly duplicates: number;
}

/** Gives the names that are not configured their numbers, where their samples are kept. */
export type NumberUnlisted = (names: readonly string[]) => Promise<Uint32Array>;

/**
 * Reads a window by one pagination. `numbers` are those of the configured points, by their ids. A cursor that the API
 * refuses makes the window be read from its beginning, once.
 */
export async function readWindow(
  context: SyncContext,
  span: TimeSpan,
  readAt: EpochMs,
  numbers: Uint32Array,
  numberUnlisted: NumberUnlisted,
): Promise<WindowRead | ReadFault> {
  const first = await readOnce(context, span, readAt, numbers, numberUnlisted);
  const isRefused = first.kind === "failed" && first.failed.kind === "refused" && first.hadCursor;
  return isRefused ? readOnce(context, span, readAt, numbers, numberUnlisted) : first;
}

async function readOnce(
  context: SyncContext,
  span: TimeSpan,
  readAt: EpochMs,
  numbers: Uint32Array,
  numberUnlisted: NumberUnlisted,
): Promise<WindowRead | (ReadFault & { readonly hadCursor: boolean })> {
  const { config, fence, isolate, store } = context;
  const ladder = ladderOf(context);
  const memory = await isolate.reserve(context, ladder.size * BYTES_A_SAMPLE, fence.signal);
  if (!memory) return { ...failure("memory", "no memory was free for the window"), hadCursor: false };
  try {
    const unlisted = config.points === "all" ? new UnlistedNames(numbers.length) : undefined;
    const micros = { fromMicros: span.fromMs * 1_000, toMicros: span.toMs * 1_000 };
    const reader = new WindowReader(context, memory, startPagination(micros), ladder, unlisted);
    while (reader.roomLeft) {
      const hadCursor = reader.pagination.cursor !== null;
      const halt = await reader.readPage(() => true);
      store.tx((sql) => setState(sql, "pageSize", { configured: config.pageSize, ladder: reader.ladder }));
      if (halt) return { ...faultOf(halt), hadCursor };
    }
    if (!reader.done) return { ...tooLarge(reader), hadCursor: false };
    const unlistedNumbers = unlisted ? await numberUnlisted(unlisted.names) : undefined;
    const columns = reader.run.takeSorted(joined(numbers, unlistedNumbers));
    return finished(span, readAt, columns, reader.transport);
  } finally {
    memory.release();
  }
}

function finished(
  span: TimeSpan,
  readAt: EpochMs,
  sorted: SampleColumns,
  transport: Transport,
): WindowRead | (ReadFault & { readonly hadCursor: boolean }) {
  const { columns, duplicates } = toHotColumns(sorted);
  const message = imbalance(columns.length, duplicates, transport);
  if (message) return { ...failure("evidence", message), hadCursor: false };
  return { kind: "read", span, readAt, columns, transport, duplicates };
}

/** The number of each point id: those of configured points first, then those that are not configured. */
function joined(numbers: Uint32Array, unlisted: Uint32Array | undefined): Uint32Array {
  if (!unlisted || unlisted.length === 0) return numbers;
  const all = new Uint32Array(numbers.length + unlisted.length);
  all.set(numbers);
  all.set(unlisted, numbers.length);
  return all;
}

/** A sync is never cancelled: what ends a request is a failure of it. */
function faultOf(halt: PageHalt): ReadFault {
  switch (halt.kind) {
    case "failed":
    case "paused":
      return halt;
    case "throttled":
      return { kind: "throttled" };
    case "aborted":
      return failure("interrupted", "the reading was interrupted");
    default:
      return halt satisfies never;
  }
}

function tooLarge({ run, bytesMissing, transport }: WindowReader) {
  const message =
    bytesMissing === undefined
      ? `the window has more than ${WINDOW_SAMPLES_MAX} samples, or does not end: ${run.samples} in ${transport.pages} pages`
      : `the window takes ${bytesMissing} bytes, which are not free now`;
  return failure("too-large", message);
}

const failure = (reason: string, message: string) =>
  ({ kind: "failed", failed: { kind: "protocol", reason, message } }) as const;

function ladderOf({ config, store }: SyncContext): PageSizeLadder {
  const configured = parsePageSize(config.pageSize) ?? PAGE_SIZE_MAX;
  const stored = store.tx((sql) => getState(sql, "pageSize"));
  return stored?.configured === configured ? stored.ladder : startLadder(configured);
}
