import { DAY_MS, dayStartMs, parseUtcDay, type UtcDay } from "../../../domain/day.ts";
import { RUN_SAMPLES } from "../../../domain/limits.ts";
import { readPointName } from "../../../domain/point-name.ts";
import type { NamedSeries } from "../../../domain/series.ts";
import { HOT_SAMPLES_A_CALL, type HotSamples } from "../../../ports/due.ts";
import type { Sql } from "../../ports.ts";
import { countHotRows, type HotChunk, replaceHotRows } from "./hot-row-table.ts";

/**
 * Samples that wait for an object: of a day more than twice the reference day, and of a site those of some days whose
 * points were all renamed. At 3 to 12 bytes a sample they stay below a tenth of a Durable Object.
 */
export const HOT_ROWS_A_DAY_MAX = 10_000_000;
export const HOT_ROWS_MAX = 50_000_000;
/** A chunk is read whole, so it is no larger than a run. */
const CHUNK_SAMPLES = RUN_SAMPLES;

/** The rows can't be stored; nothing was changed. */
export class HotRowsInvalid extends Error {
  readonly kind = "hot-rows-invalid";
}

/** Stores rows for the day's next object, in place of those that were stored of the same points. Throws `HotRowsInvalid`. */
export function addHotRows(sql: Sql, date: UtcDay, { points }: HotSamples): void {
  if (parseUtcDay(date) === undefined) throw new HotRowsInvalid(`${String(date).slice(0, 40)} is not a day`);
  const samples = points.reduce((sum, { ms }) => sum + ms.length, 0);
  if (samples > HOT_SAMPLES_A_CALL)
    throw new HotRowsInvalid(`${samples} samples in a call, at most ${HOT_SAMPLES_A_CALL} are allowed`);
  for (const series of points) checkSeries(date, series);
  for (const series of points) replaceHotRows(sql, date, series.name, chunksOf(date, series));
  const [ofDay, ofSite] = [countHotRows(sql, date), countHotRows(sql)];
  // Thrown out of the transaction, which stores nothing then.
  if (ofDay > HOT_ROWS_A_DAY_MAX)
    throw new HotRowsInvalid(`${ofDay} samples wait for ${date}, at most ${HOT_ROWS_A_DAY_MAX} are allowed`);
  if (ofSite > HOT_ROWS_MAX)
    throw new HotRowsInvalid(`${ofSite} samples of the site wait, at most ${HOT_ROWS_MAX} are allowed`);
}

function checkSeries(date: UtcDay, { name, ms, value }: NamedSeries): void {
  const read = readPointName(name);
  if (read.kind === "unusable") throw new HotRowsInvalid(`a point can't be archived: ${read.reason}`);
  if (ms.length !== value.length || ms.length === 0)
    throw new HotRowsInvalid(`${name} has ${ms.length} times and ${value.length} values`);
  const start = dayStartMs(date);
  let before = start - 1;
  for (let row = 0; row < ms.length; row++) {
    const at = ms[row] ?? Number.NaN;
    if (!(Number.isInteger(at) && at > before && at < start + DAY_MS))
      throw new HotRowsInvalid(`${name} has no ascending times of ${date}`);
    if (!Number.isFinite(value[row])) throw new HotRowsInvalid(`${name} has a value that is no number`);
    before = at;
  }
}

function chunksOf(date: UtcDay, { name, ms, value }: NamedSeries): HotChunk[] {
  const start = dayStartMs(date);
  return Array.from({ length: Math.ceil(ms.length / CHUNK_SAMPLES) }, (_, index) => {
    const [from, to] = [index * CHUNK_SAMPLES, (index + 1) * CHUNK_SAMPLES];
    return {
      name,
      ms: Int32Array.from(ms.subarray(from, to), (at) => at - start),
      value: value.slice(from, to),
    };
  });
}
