/** Forms in which a day of samples can be stored in SQLite, each with its writes and its reads. */
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { decodeBlock, encodeBlock, toHex } from "../../src/hot/hot.ts";
import { DAY_START_MS, type MadeUpSamples } from "./made-up-hours.ts";
import type { Reading } from "./sync-schedule.ts";

/** Samples that a read returned, and what it took to get them. */
export interface ReadCost {
  readonly samples: number;
  /** Of the result as D1 sends it: JSON, with bytes as hexadecimal text. */
  readonly wireBytes: number;
  readonly rows: number;
}

export interface Form {
  readonly name: string;
  /** Rows written, deletions included. */
  store(samples: MadeUpSamples, reading: Reading): number;
  /** Rows written when the day is deleted. */
  leaving(): number;
  bytes(): number;
  read(points: readonly number[], fromMs: number, toMs: number): ReadCost;
  latest(points: readonly number[], nowMs: number): ReadCost;
  close(): void;
}

/** The rows of a reading: in its part of the day, and shown by the API until then. */
function rowsOf({ length, ms, shownMs }: MadeUpSamples, { fromMs, toMs, atMs }: Reading): Uint32Array {
  const rows = new Uint32Array(length);
  let count = 0;
  for (let row = 0; row < length; row += 1) {
    const at = ms[row] as number;
    if (at >= fromMs && at < toMs && (shownMs[row] as number) <= atMs) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

abstract class SqliteForm {
  protected readonly db: DatabaseSync;

  constructor(folder: string, schema: string) {
    this.db = new DatabaseSync(join(folder, "hot.sqlite"));
    this.db.exec(`PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; ${schema}`);
  }

  protected transaction(work: () => void): number {
    const before = this.#changes();
    this.db.exec("BEGIN");
    work();
    this.db.exec("COMMIT");
    return this.#changes() - before;
  }

  #changes(): number {
    return Number(this.db.prepare("SELECT total_changes() AS n").get()?.n);
  }

  /** Pages in use: as D1 has them, which does not compact a database. */
  bytes(): number {
    const pragma = (name: string) => Number(this.db.prepare(`SELECT * FROM pragma_${name}`).get()?.[name]);
    return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
  }

  close(): void {
    this.db.close();
  }
}

/** A row a sample, as the tables before the blocks. */
export class SampleRows extends SqliteForm implements Form {
  readonly name = "a row a sample";
  readonly #put: StatementSync;

  constructor(folder: string) {
    const schema = `CREATE TABLE samples (point_id INTEGER NOT NULL, ms INTEGER NOT NULL, value REAL NOT NULL,
      PRIMARY KEY (point_id, ms)) STRICT, WITHOUT ROWID`;
    super(folder, schema);
    this.#put = this.db.prepare(`INSERT INTO samples VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value WHERE value IS NOT excluded.value`);
  }

  store(samples: MadeUpSamples, reading: Reading): number {
    return this.transaction(() => {
      for (const row of rowsOf(samples, reading)) {
        const ms = DAY_START_MS + (samples.ms[row] as number);
        this.#put.run(samples.point[row] as number, ms, samples.value[row] as number);
      }
    });
  }

  leaving = () => Number(this.db.prepare("SELECT count(*) AS n FROM samples").get()?.n);

  read(points: readonly number[], fromMs: number, toMs: number): ReadCost {
    const rows = this.db
      .prepare(
        `SELECT point_id AS point, ms, value FROM samples WHERE point_id IN (SELECT value FROM json_each(?1))
          AND ms >= ?2 AND ms < ?3 ORDER BY point_id, ms`,
      )
      .all(JSON.stringify(points), DAY_START_MS + fromMs, DAY_START_MS + toMs);
    const parsed = JSON.parse(JSON.stringify(rows)) as unknown[];
    return { samples: parsed.length, wireBytes: JSON.stringify(rows).length, rows: rows.length };
  }

  latest(points: readonly number[]): ReadCost {
    const rows = this.db
      .prepare(
        `SELECT point_id, ms, samples.value FROM samples JOIN json_each(?1) AS wanted ON point_id = wanted.value
          AND ms = (SELECT max(ms) FROM samples AS newest WHERE newest.point_id = wanted.value)`,
      )
      .all(JSON.stringify(points));
    return { samples: rows.length, wireBytes: JSON.stringify(rows).length, rows: 2 * rows.length };
  }
}

/** Sorted blocks of `size` points by the hour, and of `windowSize` points while their window is read often. */
export class Blocks extends SqliteForm implements Form {
  readonly name: string;
  readonly #size: number;
  readonly #windowSize: number | undefined;
  readonly #put: StatementSync;

  /** Without a `windowSize` also the newest samples are stored by the hour. */
  constructor(folder: string, size: number, windowSize?: number) {
    super(
      folder,
      `CREATE TABLE blocks (id INTEGER PRIMARY KEY, site_id INTEGER NOT NULL, level INTEGER NOT NULL, from_ms INTEGER NOT NULL,
        range INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
      CREATE UNIQUE INDEX blocks_by_range ON blocks (site_id, level, range, from_ms)`,
    );
    this.name = size === 1 ? "a row a point and hour" : `blocks of ${size} points`;
    this.#size = size;
    this.#windowSize = windowSize;
    this.#put =
      this.db.prepare(`INSERT INTO blocks (site_id, level, range, from_ms, data) VALUES (1, ?, ?, ?, ?)
      ON CONFLICT (site_id, level, range, from_ms) DO UPDATE SET data = excluded.data WHERE data IS NOT excluded.data`);
  }

  /** A row that is inserted or deleted counts once more for the index. */
  store(samples: MadeUpSamples, given: Reading): number {
    const hourMs = 3_600_000;
    const isHourly = this.#windowSize === undefined;
    const fromMs = isHourly ? Math.floor(given.fromMs / hourMs) * hourMs : given.fromMs;
    const reading = isHourly ? { ...given, fromMs, toMs: fromMs + hourMs } : given;
    const level = given.level === "hour" || isHourly ? 1 : 0;
    const size = level === 1 ? this.#size : (this.#windowSize as number);
    const before = this.rows();
    let deleted = 0;
    const changes = this.transaction(() => {
      for (const [range, data] of this.#encode(samples, reading, size)) {
        this.#put.run(level, range, DAY_START_MS + fromMs, data);
      }
      if (given.level === "hour" && !isHourly) {
        const gone = this.db
          .prepare("DELETE FROM blocks WHERE site_id = 1 AND level = 0 AND from_ms >= ? AND from_ms < ?")
          .run(DAY_START_MS + given.fromMs, DAY_START_MS + given.toMs);
        deleted = Number(gone.changes);
      }
    });
    const inserted = this.rows() - before + deleted;
    return changes + inserted + deleted;
  }

  *#encode(
    samples: MadeUpSamples,
    reading: Reading,
    size: number,
  ): Generator<[range: number, data: Uint8Array]> {
    const rows = rowsOf(samples, reading);
    const columns = {
      length: rows.length,
      number: Uint32Array.from(rows, (row) => samples.point[row] as number),
      ms: Float64Array.from(rows, (row) => DAY_START_MS + (samples.ms[row] as number)),
      value: Float64Array.from(rows, (row) => samples.value[row] as number),
    };
    const rangeAt = (row: number) => Math.floor((columns.number[row] as number) / size);
    for (let from = 0, to = 0; from < columns.length; from = to) {
      const range = rangeAt(from);
      while (to < columns.length && rangeAt(to) === range) to += 1;
      const firstNumber = range * size;
      const origin = {
        firstNumber,
        fromMs: DAY_START_MS + reading.fromMs,
        spanMs: reading.toMs - reading.fromMs,
      };
      yield [range, encodeBlock(columns, from, to, origin)];
    }
  }

  rows = () => Number(this.db.prepare("SELECT count(*) AS n FROM blocks").get()?.n);
  leaving = () => 2 * this.rows();

  read(points: readonly number[], fromMs: number, toMs: number): ReadCost {
    const ranges = [...new Set(points.map((point) => Math.floor(point / this.#size)))];
    const rows = this.db
      .prepare(
        `SELECT range, from_ms, data FROM blocks WHERE site_id = 1 AND level = 1 AND from_ms >= ?2 AND from_ms < ?3
          AND range IN (SELECT value FROM json_each(?1))`,
      )
      .all(JSON.stringify(ranges), DAY_START_MS + fromMs, DAY_START_MS + toMs);
    let [samples, wireBytes] = [0, 0];
    for (const { range, from_ms, data } of rows) {
      const bytes = data as Uint8Array;
      wireBytes += toHexLength(bytes);
      const block = decodeBlock(bytes, Number(from_ms));
      for (const point of block.points) {
        if (!points.includes(Number(range) * this.#size + point.index)) continue;
        samples += block.samplesOf(point).ms.length;
      }
    }
    return { samples, wireBytes, rows: rows.length };
  }

  /** The blocks of the last two hours. */
  latest(points: readonly number[], nowMs: number): ReadCost {
    const { wireBytes, rows } = this.read(points, nowMs - 2 * 3_600_000, nowMs);
    return { samples: points.length, wireBytes, rows };
  }
}

const toHexLength = (bytes: Uint8Array) => toHex(bytes.subarray(0, 1)).length * bytes.length;
