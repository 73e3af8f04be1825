/** The samples of a snapshot: of each block those of the windows that it is the level of. */
import { type EpochMs, utcDayOf } from "../../domain/day.ts";
import { joinSeries, type Series } from "../../domain/series.ts";
import type { TimeSpan } from "../../domain/windows.ts";
import { decodeBlock, LEVELS, POINTS_A_BLOCK } from "../block/block.ts";
import type { SnapshotWindow, SpanSnapshot, StoredBlock } from "./span-snapshot.ts";

/** Of which windows the samples count: of those of their day's version, or of all that are stored. */
export const COUNTING = {
  current: ({ isCurrent }: SnapshotWindow) => isCurrent,
  stored: () => true,
} as const;
export type Counting = keyof typeof COUNTING;

/** The samples of `numbers` in the snapshot's span, without points that have none. Throws `HotBlockUnreadable`. */
export function pointSeries(
  snapshot: SpanSnapshot,
  numbers: Iterable<number>,
  counting: Counting,
): Map<number, Series> {
  const wanted = new Set(numbers);
  const counts = COUNTING[counting];
  const spans = LEVELS.map((level) =>
    spansOf(snapshot, (window) => window.level === level && counts(window)),
  );
  const parts = new SeriesParts<number>();
  for (const block of snapshot.blocks) parts.addAll(blockParts(block, wanted, spans[block.level] ?? []));
  return parts.joined();
}

/** Parts of series by the number or the name of their point, gathered in any order; times of one point don't overlap. */
export class SeriesParts<K> {
  readonly #parts = new Map<K, Series[]>();

  /** A part that is not empty. */
  add(key: K, part: Series): void {
    const own = this.#parts.get(key);
    if (own) own.push(part);
    else this.#parts.set(key, [part]);
  }

  addAll(parts: Iterable<readonly [K, Series]>): void {
    for (const [key, part] of parts) this.add(key, part);
  }

  joined(): Map<K, Series> {
    const start = ({ ms }: Series) => ms[0] as number;
    return new Map(
      [...this.#parts].map(([key, own]) => [key, joinSeries(own.sort((a, b) => start(a) - start(b)))]),
    );
  }
}

function* blockParts(
  block: StoredBlock,
  wanted: ReadonlySet<number>,
  spans: readonly TimeSpan[],
): Generator<[number: number, part: Series]> {
  if (spans.length === 0) return;
  const firstNumber = block.range * POINTS_A_BLOCK[block.level];
  const decoded = decodeBlock(block.bytes, block.fromMs);
  for (const point of decoded.points) {
    const number = firstNumber + point.index;
    if (!wanted.has(number)) continue;
    const series = decoded.samplesOf(point);
    for (const span of spans) {
      if (span.fromMs > point.lastMs || span.toMs <= point.firstMs) continue;
      const part = cut(series, span);
      if (part.ms.length > 0) yield [number, part];
    }
  }
}

/** The rows whose times are in the span. They ascend. */
function cut({ ms, value }: Series, { fromMs, toMs }: TimeSpan): Series {
  const from = firstRow(ms, 0, ms.length, fromMs);
  const to = firstRow(ms, from, ms.length, toMs);
  return { ms: ms.subarray(from, to), value: value.subarray(from, to) };
}

/** The first row of [start, end) at `atMs` or later; `end` if there is none. */
function firstRow(ms: Float64Array, start: number, end: number, atMs: EpochMs): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ms[middle] as number) >= atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The parts of the snapshot's span in which hot has all samples: of windows that are complete and of their day's version. */
export function settledSpans(snapshot: SpanSnapshot): TimeSpan[] {
  return spansOf(
    snapshot,
    ({ fromMs, isComplete, isCurrent }) => isComplete && isCurrent && snapshot.days.has(utcDayOf(fromMs)),
  );
}

/** The parts of the snapshot's span that are in windows of this kind, joined where they meet, in order. */
export function spansOf(
  { windows, fromMs, toMs }: SpanSnapshot,
  isOne: (window: SnapshotWindow) => boolean,
): TimeSpan[] {
  const spans = windows.filter(isOne).map((window) => ({
    fromMs: Math.max(window.fromMs, fromMs),
    toMs: Math.min(window.toMs, toMs),
  }));
  return joinedSpans(spans.filter((span) => span.fromMs < span.toMs));
}

/** The same times as spans that neither meet nor overlap, in order. */
export function joinedSpans(spans: readonly TimeSpan[]): TimeSpan[] {
  const result: { fromMs: EpochMs; toMs: EpochMs }[] = [];
  for (const { fromMs, toMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else result.push({ fromMs, toMs });
  }
  return result;
}
