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
import type { TimeSpan } from "../../domain/windows.ts";
import { type PageHalt, WindowReader } from "../../fetch/fetch.ts";
import type { HotColumns } from "../../hot/hot.ts";
import type { SyncContext } from "../context.ts";
import { WINDOW_PAGES_MAX } from "../limits.ts";
import type { ReadFault } from "../read-fault.ts";
import { getState, setState } from "../state/state.ts";
import { toHotColumns } from "./hot-columns.ts";
import type { UnitMemory } from "./unit-memory.ts";

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

/** What a window is read with. */
export interface WindowFrame {
  /** When the reading began. */
  readonly readAt: EpochMs;
  readonly memory: UnitMemory;
  /** The numbers of the configured points, by their ids. */
  readonly numbers: Uint32Array;
  /** Gives the names that are not configured their numbers, where their samples are kept. */
  readonly numberUnlisted: (names: readonly string[]) => Promise<Uint32Array>;
}

/** Reads a window by one pagination. A cursor that the API refuses makes it be read from its beginning, once. */
export async function readWindow(
  context: SyncContext,
  span: TimeSpan,
  frame: WindowFrame,
): Promise<WindowRead | ReadFault> {
  const first = await readOnce(context, span, frame);
  return first === "cursor refused" ? orFault(await readOnce(context, span, frame)) : first;
}

const orFault = (read: WindowRead | ReadFault | "cursor refused"): WindowRead | ReadFault =>
  read === "cursor refused" ? failure("refused", "the API refuses the cursors that it gives") : read;

async function readOnce(
  context: SyncContext,
  span: TimeSpan,
  { readAt, memory, numbers, numberUnlisted }: WindowFrame,
): Promise<WindowRead | ReadFault | "cursor refused"> {
  const { config, store } = context;
  const unlisted = config.points === "all" ? new UnlistedNames(numbers.length) : undefined;
  const micros = { fromMicros: span.fromMs * 1_000, toMicros: span.toMs * 1_000 };
  const pagination = startPagination(micros);
  const reader = new WindowReader(context, memory.ofReader, pagination, ladderOf(context), unlisted);
  while (reader.roomLeft) {
    const { cursor } = reader.pagination;
    const halt = await reader.readPage(() => true);
    store.tx((sql) => setState(sql, "pageSize", { configured: config.pageSize, ladder: reader.ladder }));
    if (halt?.kind === "failed" && halt.failed.kind === "refused" && cursor !== null) return "cursor refused";
    if (halt) return faultOf(halt);
  }
  if (!reader.done) return tooLarge(reader);
  const unlistedNumbers = unlisted ? await numberUnlisted(unlisted.names) : undefined;
  const read = finished(
    span,
    readAt,
    reader.run.takeSorted(joined(numbers, unlistedNumbers)),
    reader.transport,
  );
  return read.kind === "read" && !memory.keep(read.columns.length) ? tooLarge(reader) : read;
}

function finished(
  span: TimeSpan,
  readAt: EpochMs,
  sorted: SampleColumns,
  transport: Transport,
): WindowRead | ReadFault {
  const { columns, duplicates } = toHotColumns(sorted);
  const message = imbalance(columns.length, duplicates, transport);
  if (message) return failure("evidence", message);
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

function tooLarge({ run, bytesMissing, transport }: WindowReader): ReadFault {
  if (bytesMissing === undefined && transport.pages < WINDOW_PAGES_MAX)
    return { kind: "too-large", message: "the samples do not fit into the memory that is free" };
  return failure("too-large", `the window does not end: ${run.samples} samples in ${transport.pages} pages`);
}

const failure = (reason: string, message: string) =>
  ({ kind: "failed", failed: { kind: "protocol", reason, message } }) as const;

export function ladderOf({ config, store }: SyncContext): PageSizeLadder {
  const configured = parsePageSize(config.pageSize) ?? PAGE_SIZE_MAX;
  const stored = store.tx((sql) => getState(sql, "pageSize"));
  return stored?.configured === configured ? stored.ladder : startLadder(configured);
}
