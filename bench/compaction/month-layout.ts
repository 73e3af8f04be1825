import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { DAY_MS, type EpochMs } from "../../src/domain/day.ts";
import type { Series } from "../../src/domain/series.ts";
import { encodeFooter, RowGroupEncoder, RowGroupRows } from "../../src/parquet/file/file.ts";
import { footerBytesOf, indexFooter } from "../../src/parquet/read/read.ts";
import { RollupIndex } from "../../src/parquet/rollup/rollup.ts";

/** A file of a month that is written point by point. */
export interface MonthWriter {
  readonly title: string;
  readonly path: string;
  /** Appends a point, which has samples and follows the last one in order of names. */
  add(point: number, parts: readonly Series[]): void;
  finish(): void;
}

/** How the rows of a month are divided into row groups. */
export interface Layout {
  readonly title: string;
  /** A row group ends after so many rows. */
  readonly rows: number;
  /** A point is whole in one row group, which is that much larger. */
  readonly isPointWhole: boolean;
}

/** What a written month takes. */
export interface MonthFigures {
  readonly bytes: number;
  readonly groups: number;
  readonly footerBytes: number;
  /** Of the index at the end of a roll-up; undefined for another file. */
  readonly indexBytes: number | undefined;
  readonly footerCpuSeconds: number;
}

/** More rows than a point has in a month of the reference site. */
const POINT_ROWS_MAX = 40_000;

/** Writes the file of a month as a day's, in a layout. */
export class MonthFile implements MonthWriter {
  readonly layout: Layout;
  readonly path: string;
  readonly #spec;
  readonly #descriptor: number;
  readonly #rows: RowGroupRows;
  readonly #encoder: RowGroupEncoder;
  readonly #metadata: Uint8Array[] = [];

  constructor(path: string, layout: Layout, site: string, names: readonly string[], startMs: EpochMs) {
    this.path = path;
    this.layout = layout;
    // Times of a row group have 32 bits, in which a month fits if they count from its middle.
    this.#spec = { site, names, dayStartMs: startMs + 15 * DAY_MS };
    this.#descriptor = openSync(path, "w");
    this.#rows = new RowGroupRows(layout.rows + (layout.isPointWhole ? POINT_ROWS_MAX : 0));
    this.#encoder = new RowGroupEncoder(this.#spec);
  }

  get title(): string {
    return this.layout.title;
  }

  add(point: number, parts: readonly Series[]): void {
    const { dayStartMs } = this.#spec;
    const { rows, isPointWhole } = this.layout;
    for (const { ms, value } of parts) {
      for (let row = 0; row < ms.length; row++) {
        this.#rows.push(point, (ms[row] as number) - dayStartMs, value[row] as number);
        if (!isPointWhole && this.#rows.full) this.#write();
      }
    }
    if (isPointWhole && this.#rows.length >= rows) this.#write();
  }

  finish(): void {
    if (this.#rows.length > 0) this.#write();
    writeSync(this.#descriptor, encodeFooter(this.#metadata, this.#spec));
    closeSync(this.#descriptor);
  }

  #write(): void {
    const { bytes, metadata } = this.#encoder.encode(this.#rows);
    writeSync(this.#descriptor, bytes);
    this.#metadata.push(metadata);
    this.#rows.clear();
  }
}

/** Measures a finished file. */
export function measureMonth(month: MonthWriter): MonthFigures {
  const file = readFileSync(month.path);
  const footerBytes = footerBytesOf(file, file.length);
  const before = process.cpuUsage();
  const index = indexFooter(file.subarray(file.length - footerBytes), file.length);
  const { user, system } = process.cpuUsage(before);
  const isRollup = !(month instanceof MonthFile);
  return {
    bytes: file.length,
    groups: index.groups,
    footerBytes,
    indexBytes: isRollup ? RollupIndex.read(file, file.length).packed.length : undefined,
    footerCpuSeconds: (user + system) / 1e6,
  };
}
