import type { EpochMicros } from "../../domain/day.ts";
import type { DroppedRows } from "../../domain/dropped-rows.ts";
import { copyRows, newColumns, type SampleColumns, type Span } from "../../domain/samples.ts";
import {
  parseValue,
  type RejectReason,
  type ValueWords,
  valueRejection,
  valueWords,
} from "../../domain/value.ts";
import type { AddedWords } from "../../domain/value-words.ts";
import { DroppedPageRows, type RowTexts } from "./dropped-page-rows.ts";
import type { NextPage } from "./next-page.ts";
import { type PageEnds, TimeRuns } from "./time-runs.ts";
import type { UnlistedNames } from "./unlisted-names.ts";

export interface PageContext {
  /** Ids of the configured points by name. Must not change once a page was decoded with it. */
  readonly points: ReadonlyMap<string, number>;
  /** The window, half-open: the rows that are kept. */
  readonly keep: Span;
  /** The window with its margins, both ends included: see `requestedSpan`. */
  readonly requested: Span;
  /** Ids of the points that are not configured, where their rows are kept. */
  readonly unlisted?: UnlistedNames;
  /** Words that mean numbers, beside those that are built in; none where it is not given. */
  readonly words?: AddedWords;
  /** Most bytes of a body that is parsed because it can't be scanned; `PARSED_BYTES_MAX` where it is not given. */
  readonly parsedBytesMax?: number;
}

/** A page of samples, decoded. */
export interface SamplesPage extends RowCounts, NextPage {}

/** The rows of a page. `fetched` = `kept.length` + all of `rejected` + `outside` + `unconfigured`. */
export interface RowCounts extends PageEnds {
  /** As sent: what cursors count. */
  readonly rows: number;
  readonly kept: SampleColumns;
  /** `rows` without those of the margin, which are not counted: a neighbouring window counts them. */
  readonly fetched: number;
  readonly rejected: Readonly<Partial<Record<RejectReason, number>>>;
  readonly outside: number;
  readonly unconfigured: number;
  readonly dropped: DroppedRows;
}

/** Classifies the rows of a page, scanned or parsed, and keeps the valid ones as columns. */
export class PageRows {
  private readonly context: PageContext;
  private readonly rejected: Partial<Record<RejectReason, number>> = {};
  private readonly texts: RowTexts;
  private readonly words: ValueWords | undefined;
  private readonly dropped: DroppedPageRows;
  private readonly runs = new TimeRuns();
  /** Points of the page that are kept and not configured. */
  private readonly unlistedIds = new Set<number>();
  private columns: SampleColumns;
  private rows = 0;
  private length = 0;
  private rejections = 0;
  private outside = 0;
  private unconfigured = 0;

  /** `rowsExpected` is an estimate: the columns grow. `texts` is asked for rows that were added, or are being added. */
  constructor(context: PageContext, rowsExpected: number, texts: RowTexts) {
    this.context = context;
    this.texts = texts;
    this.words = context.words && valueWords(context.words);
    this.dropped = new DroppedPageRows(texts);
    this.columns = newColumns(rowsExpected);
  }

  /** Adds the next row, which has no name or no time, and is `raw` in JSON. */
  addMisshapen(raw: unknown): void {
    this.rows += 1;
    this.reject("shape", raw);
  }

  /**
   * Adds the next row. Returns the id with which its value has to follow, in `keep` or `keepParsed`; undefined where
   * none may follow. `id` is undefined for a point that is not configured. Throws `VendorFault` "protocol" where times
   * do not ascend, and for too many points.
   */
  add(micros: EpochMicros | undefined, id: number | undefined): number | undefined {
    const row = this.rows;
    this.rows += 1;
    if (micros === undefined) {
      this.reject("time", this.texts.timeOf(row));
      return undefined;
    }
    this.runs.add(row, micros);
    const { keep, requested } = this.context;
    if (micros < keep.fromMicros || micros >= keep.toMicros) {
      if (micros < requested.fromMicros || micros > requested.toMicros) this.outside += 1;
      return undefined;
    }
    return id ?? this.addUnlisted(row);
  }

  /** Counts the row of a point that is not configured, or returns the id that it is kept with. */
  private addUnlisted(row: number): number | undefined {
    const { unlisted } = this.context;
    if (!unlisted) {
      this.unconfigured += 1;
      this.dropped.addUnconfigured(row);
      return undefined;
    }
    const id = this.texts.unlistedIdOf(row, unlisted);
    if (id === undefined) this.reject("shape", this.texts.nameOf(row));
    else if (!this.unlistedIds.has(id)) {
      this.unlistedIds.add(id);
      this.dropped.addUnconfigured(row);
    }
    return id;
  }

  /** Keeps the value of the row, which is `raw` in JSON, or counts why it is rejected. */
  keepParsed(micros: EpochMicros, id: number, raw: unknown): void {
    const value = parseValue(raw, this.words);
    if (Number.isNaN(value)) this.reject(valueRejection(raw), raw);
    else this.keep(micros, id, value);
  }

  keep(micros: EpochMicros, id: number, value: number): void {
    const at = this.length;
    if (at === this.columns.length) {
      const full = this.columns;
      this.columns = newColumns(Math.ceil(at * 1.5) + 16);
      copyRows(full, this.columns, 0);
    }
    this.columns.point[at] = id;
    this.columns.micros[at] = micros;
    this.columns.value[at] = value;
    this.length = at + 1;
  }

  /** What became of the rows. */
  counts(): RowCounts {
    const { length, rows, rejected, outside, unconfigured } = this;
    const fetched = length + this.rejections + outside + unconfigured;
    const kept = { ...this.columns, length };
    const { dropped } = this.dropped;
    const ends = this.runs.ends(rows, (row) => this.texts.hashOf(row));
    return { rows, kept, fetched, rejected, outside, unconfigured, dropped, ...ends };
  }

  /** Rejects the row that was added last; `raw` is what is wrong with it, as JSON. */
  private reject(reason: RejectReason, raw: unknown): void {
    this.rejected[reason] = (this.rejected[reason] ?? 0) + 1;
    this.rejections += 1;
    this.dropped.addRejected(this.rows - 1, reason, raw);
  }
}
