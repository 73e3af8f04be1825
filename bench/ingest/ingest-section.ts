import type { Shape } from "../../simulator/building/building.ts";
import {
  atMost,
  type Figure,
  mib,
  mustBe,
  report,
  type SectionOptions,
  seconds,
  type Table,
} from "../measure/measure.ts";
import { CONTENDERS, type ContenderName, type Conversion, type Failure } from "./contenders/contenders.ts";
import type { ShapeRun } from "./shape-run.ts";

/** CPU of the Worker ÷ that of DuckDB with one thread. */
const CPU_RATIO_MAX: Readonly<Record<Shape, number>> = { bursts: 0.5, scattered: 0.6, changes: 0.6 };
/** Of `bursts` alone: what a sample takes in other shapes depends on the noise of their times and values. */
const SAMPLE_BYTES_MAX = 3;
const BYTES_RATIO_MAX = 0.9;
const SLICE_CPU_SECONDS_MAX = 2;
/** The limit of an invocation on Cloudflare. */
const TICK_CPU_SECONDS_MAX = 30;
/** Samples that one alarm may read and merge before its checkpoint. */
const TICK_SAMPLES = 3_000_000;

const NAMES = Object.keys(CONTENDERS) as ContenderName[];

/** What each contender has taken for the day of one shape. */
export function contenderTable({ shape, turns, pages, samples, results }: ShapeRun): Table {
  const size = `${samples.toLocaleString("en-US")} samples, ${pages.pages} pages, ${megabytes(pages.bytes)} of JSON`;
  const { duckdb } = results;
  const rowOf = (result: Conversion | Failure) =>
    "failed" in result
      ? [result.failed]
      : [
          seconds(result.cpuSeconds),
          seconds(result.wallSeconds),
          mib(result.peakRssBytes),
          (result.bytes / samples).toFixed(2),
          "failed" in duckdb ? "" : (result.cpuSeconds / duckdb.cpuSeconds).toFixed(2),
        ];
  return {
    title: `${shape}: ${size}${turns > 1 ? `; the cheapest of ${turns} turns of those with bounds` : ""}`,
    columns: ["", "CPU", "wall", "peak memory", "bytes a sample", "CPU ÷ DuckDB, one thread"],
    rows: NAMES.map((name) => [CONTENDERS[name].title, ...rowOf(results[name])]),
  };
}

/** Where the CPU of the pipeline goes, in Node. */
export function phaseTable(runs: readonly ShapeRun[]): Table {
  return {
    title: "ours in Node: CPU by phase",
    columns: ["", "decode", "sort", "merge and encode", "merge slices", "most of a slice"],
    rows: runs.map(({ shape, results: { pipeline } }) => {
      if ("failed" in pipeline) return [shape, pipeline.failed];
      const { decode, sort, merge, slices, sliceMax } = pipeline.phases;
      return [shape, ...[decode, sort, merge].map(seconds), String(slices), `${sliceMax.toFixed(2)} s`];
    }),
  };
}

/**
 * The figures of one shape. In a quick run those of the Worker's CPU have no bounds: of a tenth of the day most of it is
 * for the start of the Worker's code.
 */
export function figuresOf(run: ShapeRun, { quick }: SectionOptions): Figure[] {
  const { shape, results, samples, defaultBytes } = run;
  const { workerd, duckdb, pipeline } = results;
  const of = (what: string) => `${shape}: ${what}`;
  const bounded = (isBounded: boolean, what: string, value: number, max: number, unit = "") =>
    isBounded ? atMost(of(what), value, max, unit) : report(of(what), `${value.toFixed(2)}${unit}`);
  const figures = NAMES.map((name) => rowsFigure(of, name, results[name]));
  if ("failed" in workerd) return figures;

  const isSmallBounded = shape === "bursts" && !quick;
  figures.push(
    mustBe(of("rows of the Worker in order of name and time"), run.isSorted ? "sorted" : "not", run.isSorted),
    bounded(isSmallBounded, "bytes a sample", workerd.bytes / samples, SAMPLE_BYTES_MAX),
  );
  if (!("failed" in duckdb)) {
    const [cpu, bytes] = [workerd.cpuSeconds / duckdb.cpuSeconds, workerd.bytes / duckdb.bytes];
    figures.push(
      bounded(!quick, "CPU, workerd ÷ DuckDB with one thread", cpu, CPU_RATIO_MAX[shape]),
      bounded(
        isSmallBounded,
        "bytes, ours ÷ DuckDB's with row groups of the same size",
        bytes,
        BYTES_RATIO_MAX,
      ),
    );
  }
  if (defaultBytes !== undefined) {
    const sizes = `${megabytes(workerd.bytes)}, ${megabytes(defaultBytes)}`;
    figures.push(report(of("our file, the same rows with DuckDB's own row groups"), sizes));
  }
  if (!("failed" in pipeline)) {
    const { sliceMax } = pipeline.phases;
    figures.push(bounded(true, "most CPU of a merge slice", sliceMax, SLICE_CPU_SECONDS_MAX, " s"));
  }
  // Each sample is counted twice, when fetched and when merged; no tick exceeds its budget of samples.
  const tick = (workerd.cpuSeconds * TICK_SAMPLES) / (2 * samples);
  figures.push(
    bounded(!quick, "CPU of an invocation, by its budget of samples", tick, TICK_CPU_SECONDS_MAX, " s"),
    report(of("requests of the Worker"), String(workerd.requests)),
  );
  return figures;
}

function rowsFigure(of: (what: string) => string, name: ContenderName, result: Conversion | Failure): Figure {
  const what = of(`equal rows (count, sum, extremes, times, hash): ${CONTENDERS[name].title}`);
  if (!("failed" in result)) return mustBe(what, "equal", true);
  // Others may run out of memory: that is a result.
  const isNeeded = name === "workerd" || name === "pipeline" || name === "duckdb";
  return isNeeded ? mustBe(what, result.failed, false) : report(what, result.failed);
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
