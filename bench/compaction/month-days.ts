import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { DAY_MS, dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { encodeFooter, RowGroupEncoder, RowGroupRows } from "../../src/parquet/file/file.ts";
import { pointKinds, REFERENCE_NAMES, REFERENCE_SAMPLES, randomOf } from "../data/data.ts";

const ROW_GROUP_SIZE = 10_000;
/** Every point reports once in this time, as on the reference day. */
const INTERVAL_MICROS = (DAY_MS * 1000 * REFERENCE_NAMES.length) / REFERENCE_SAMPLES;

/**
 * Writes full days of the reference site, and returns their bytes. A point's values go on from day to day, so that a
 * month of it is as hard to compress as one of a building. Points are made one after another: all files grow together.
 */
export function writeMonthDays(folder: string, site: SiteName, days: readonly UtcDay[]): number {
  const files = days.map((day) => new DayFile(join(folder, objectKey(site, day)), site, day));
  REFERENCE_NAMES.forEach((_, point) => {
    const random = randomOf(point + 1);
    const kinds = pointKinds(random);
    const next = kinds[point % kinds.length] as (last: number) => number;
    let atMicros = Math.floor(random() * 1_000_000);
    let value = 20;
    for (const [day, file] of files.entries()) {
      for (const endMicros = (day + 1) * DAY_MS * 1000; atMicros < endMicros; atMicros += INTERVAL_MICROS) {
        value = next(value);
        file.push(point, Math.floor(atMicros / 1000) - day * DAY_MS, value);
      }
    }
  });
  return files.reduce((bytes, file) => bytes + file.finish(), 0);
}

/** The file of a day, written as its rows come. */
class DayFile {
  readonly #spec;
  readonly #descriptor: number;
  readonly #rows = new RowGroupRows(ROW_GROUP_SIZE);
  readonly #encoder: RowGroupEncoder;
  readonly #metadata: Uint8Array[] = [];

  constructor(path: string, site: SiteName, day: UtcDay) {
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, "w");
    this.#spec = { site, dayStartMs: dayStartMs(day), names: REFERENCE_NAMES };
    this.#encoder = new RowGroupEncoder(this.#spec);
  }

  push(point: number, ms: number, value: number): void {
    this.#rows.push(point, ms, value);
    if (this.#rows.full) this.#write();
  }

  finish(): number {
    if (this.#rows.length > 0) this.#write();
    const footer = encodeFooter(this.#metadata, this.#spec);
    writeSync(this.#descriptor, footer);
    closeSync(this.#descriptor);
    return this.#encoder.fileOffset + footer.length;
  }

  #write(): void {
    const { bytes, metadata } = this.#encoder.encode(this.#rows);
    writeSync(this.#descriptor, bytes);
    this.#metadata.push(metadata);
    this.#rows.clear();
  }
}
