import { UnlistedNames } from "../../../ace/page/page.ts";
import { dayStartMs, type UtcDay } from "../../../domain/day.ts";
import { newColumns } from "../../../domain/samples.ts";
import type { PointList } from "../../../fetch/fetch.ts";
import { RunBuilder } from "../../../parquet/run/run.ts";
import type { Sql } from "../../ports.ts";
import { type ChunkPosition, type HotChunk, nextChunk } from "./hot-row-table.ts";

/** A run of rows that the API does not send. */
export interface StoredRun {
  readonly run: RunBuilder;
  /** The names of the run that are not configured. */
  readonly unlisted: UnlistedNames;
  /** JSON: where the next run begins. */
  readonly saved: string;
  readonly done: boolean;
  /** The chunks of `hot_row` that it is made of. */
  readonly taken: readonly ChunkPosition[];
}

/** The next run of the rows that are stored of a day: as many chunks as fit, at least one. */
export function readStoredRows(
  sql: Sql,
  date: UtcDay,
  points: PointList,
  saved: string | undefined,
  samplesMax: number,
): StoredRun {
  const builder = new StoredRunBuilder(date, points);
  const taken: ChunkPosition[] = [];
  let after = saved === undefined ? undefined : (JSON.parse(saved) as ChunkPosition);
  for (;;) {
    const next = nextChunk(sql, date, after);
    const fits = next && (taken.length === 0 || builder.run.samples + next.chunk.ms.length <= samplesMax);
    if (!fits) return { ...builder.built, saved: JSON.stringify(after ?? null), done: !next, taken };
    builder.add(next.chunk);
    taken.push(next.position);
    after = next.position;
  }
}

/** Collects rows of points, whether or not these are configured. */
export class StoredRunBuilder {
  readonly run = new RunBuilder(0);
  readonly #unlisted: UnlistedNames;
  readonly #points: PointList;
  readonly #startMs: number;

  constructor(date: UtcDay, points: PointList) {
    this.#points = points;
    this.#unlisted = new UnlistedNames(points.names.length);
    this.#startMs = dayStartMs(date);
  }

  get built() {
    return { run: this.run, unlisted: this.#unlisted };
  }

  /** Throws `VendorFault` for too many names. */
  add({ name, ms, value }: HotChunk): void {
    const id = this.#points.ids.get(name) ?? this.#unlisted.idOf(name);
    if (id === undefined) throw new Error(`${name} can't be the name of a point in a file`);
    const columns = newColumns(ms.length);
    columns.point.fill(id);
    for (let row = 0; row < ms.length; row++) columns.micros[row] = (this.#startMs + (ms[row] ?? 0)) * 1_000;
    columns.value.set(value);
    this.run.append(columns);
  }
}
