import {
  addDropped,
  comparePairs,
  compareText,
  cutText,
  type DroppedRows,
  EXAMPLES_MAX,
  NAME_CHARS_MAX,
  NOTHING_DROPPED,
  valueAsSent,
} from "../../domain/dropped-rows.ts";
import type { RejectReason } from "../../domain/value.ts";
import type { UnlistedNames } from "./unlisted-names.ts";

/** What a page says of its rows beside their columns. Texts are made only where they are needed. */
export interface RowTexts {
  /** At least the first `NAME_CHARS_MAX` characters of the row's name; undefined for a row without a name. */
  nameOf(row: number): string | undefined;
  /** The time of the row that is being added, as sent. */
  timeOf(row: number): string;
  /** The hash of the row's name, see `nameHash`. */
  hashOf(row: number): number;
  /** The id of the row that is being added, whose point is not configured; undefined for a name that can't be stored. */
  unlistedIdOf(row: number, names: UnlistedNames): number | undefined;
}

/** Names that are remembered, so that no text is made of them again: some hundred kilobytes. */
const SEEN_MAX = 10_000;

/** Collects examples of the rows that a page drops: of each pair of point and reason the page's first row. */
export class DroppedPageRows {
  dropped: DroppedRows = NOTHING_DROPPED;
  private readonly texts: RowTexts;
  /** By reason: the hashes of the names of rows before. */
  private readonly seen = new Map<RejectReason | "unconfigured", Set<number>>();
  private seenCount = 0;

  constructor(texts: RowTexts) {
    this.texts = texts;
  }

  /** `raw` is what is rejected, as JSON. */
  addRejected(row: number, reason: RejectReason, raw: unknown): void {
    if (this.isSeen(row, reason)) return;
    const pair = { point: this.nameOf(row), reason };
    const last = this.dropped.rejectedExamples[EXAMPLES_MAX - 1];
    if (last && comparePairs(pair, last) > 0) return;
    if (this.dropped.rejectedExamples.some((example) => comparePairs(example, pair) === 0)) return;
    const example = { ...pair, value: valueAsSent(raw) };
    this.dropped = addDropped(this.dropped, { ...NOTHING_DROPPED, rejectedExamples: [example] });
  }

  addUnconfigured(row: number): void {
    if (this.isSeen(row, "unconfigured")) return;
    const name = this.nameOf(row);
    const last = this.dropped.unconfiguredNames[EXAMPLES_MAX - 1];
    if (last !== undefined && compareText(name, last) > 0) return;
    this.dropped = addDropped(this.dropped, { ...NOTHING_DROPPED, unconfiguredNames: [name] });
  }

  private isSeen(row: number, reason: RejectReason | "unconfigured"): boolean {
    const hash = this.texts.hashOf(row);
    const names = this.seen.get(reason) ?? new Set();
    if (names.has(hash)) return true;
    if (this.seenCount >= SEEN_MAX) return false;
    this.seenCount += 1;
    this.seen.set(reason, names.add(hash));
    return false;
  }

  private nameOf(row: number): string {
    return cutText(this.texts.nameOf(row) ?? "", NAME_CHARS_MAX);
  }
}
