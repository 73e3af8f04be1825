import type { CommandRun } from "../../../terminal/terminal.ts";
import { type Conversion, convert, type Failure } from "./conversion.ts";
import type { PipelineConversion } from "./pipeline.ts";
import type { SavedDay } from "./saved-day.ts";
import { backfillDay, type WorkerConversion } from "./workerd.ts";

/** Ways from the API's pages to a Parquet file, each measured in processes of its own. The door of this folder. */
export type { Conversion, Failure } from "./conversion.ts";
export { namesPath, pagePath, type SavedDay } from "./saved-day.ts";

/** What a turn of each contender results in, by contender. */
export interface Results {
  readonly duckdb: Conversion;
  readonly workerd: WorkerConversion;
  readonly pipeline: PipelineConversion;
  readonly duckdbThreads: Conversion;
  readonly objects: Conversion;
  readonly arrow: Conversion;
}

export type ContenderName = keyof Results;

interface Contender<T> {
  readonly title: string;
  /** Whether its figures have bounds, so that it takes several turns. */
  readonly isBounded: boolean;
  measure(api: string, saved: SavedDay, run: CommandRun): Promise<T | Failure>;
}

/** In the order of their turns: the others' rows are compared with those of DuckDB. */
export const CONTENDERS: { readonly [Name in ContenderName]: Contender<Results[Name]> } = {
  duckdb: {
    title: "DuckDB, one thread",
    isBounded: true,
    measure: (_, saved, run) => convert("duckdb.ts", saved, run, ["1"]),
  },
  workerd: { title: "ours in workerd", isBounded: true, measure: backfillDay },
  pipeline: {
    title: "ours in Node, without network, SQLite and R2",
    isBounded: false,
    measure: (_, saved, run) => convert("pipeline.ts", saved, run),
  },
  duckdbThreads: {
    title: "DuckDB, two threads",
    isBounded: false,
    measure: (_, saved, run) => convert("duckdb.ts", saved, run, ["2"]),
  },
  arrow: {
    title: "columns, apache-arrow and parquet-wasm",
    isBounded: false,
    measure: (_, saved, run) => convert("arrow.ts", saved, run),
  },
  objects: {
    title: "an array of objects, hyparquet-writer, unsorted",
    isBounded: false,
    measure: (_, saved, run) => convert("objects.ts", saved, run),
  },
};
