import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openState } from "../../local/stack/stack.ts";
import { parseUtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import { parseSiteName } from "../../src/domain/site.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import {
  ACE_KEY,
  atMost,
  type Figure,
  mib,
  mustBe,
  report,
  runWorker,
  seconds,
  startSimulatorProcess,
  type WorkerRun,
} from "../measure/measure.ts";
import type { Conversion } from "./duckdb-convert.ts";
import { isSorted, summarizeFile } from "./file-summary.ts";
import { timePhases } from "./phases.ts";
import { type SavedPages, savePages } from "./saved-pages.ts";

const SITE = known(parseSiteName("ses_falls_city"));
const DAY = known(parseUtcDay("2024-01-15"));
const DAY_BEFORE = "2024-01-14";
/** Both take turns, and the cheapest turn of each counts: other work of the machine only adds CPU. */
const TURNS = 3;
/** Samples that one alarm may read and merge before its checkpoint. */
const TICK_SAMPLES = 3_000_000;

/** The reference day from the API to R2 on workerd, and by DuckDB from the same pages at the same time. */
export async function referenceFigures(run: CommandRun): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "backfill-pages-"));
  run.onEnd(() => rmSync(folder, { recursive: true, force: true }));
  const simulator = await startSimulatorProcess(
    ["--sites", SITE, "--preset", "reference", "--prerender", DAY, "--empty-days", DAY_BEFORE],
    run,
  );
  const source = { api: simulator.api, key: ACE_KEY, site: SITE, day: DAY };
  const pages = await savePages(source, folder);
  const workers: WorkerRun[] = [];
  const conversions: Conversion[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    workers.push(
      await runWorker({ api: simulator.api, sites: [SITE], from: DAY, to: DAY, emptyDay: DAY_BEFORE }, run),
    );
    conversions.push(await convert(folder));
  }
  simulator.stop();
  const [worker, duckdb] = [cheapest(workers), cheapest(conversions)];

  const state = await openState(worker.stateDir);
  const ours = join(folder, "ours.parquet");
  writeFileSync(ours, (await state.bytes(objectKey(SITE, DAY))) ?? new Uint8Array());
  await state.close();
  return [
    ...(await compared(ours, duckdb, worker, pages)),
    ...phaseFigures(pages, worker),
    report("our file beside DuckDB's default", `${(duckdb.defaultBytes / 1e6).toFixed(1)} MB is DuckDB's`),
  ];
}

async function convert(folder: string): Promise<Conversion> {
  const program = join(import.meta.dirname, "duckdb-convert.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [program, folder, SITE, DAY]);
  return JSON.parse(stdout) as Conversion;
}

async function compared(
  path: string,
  duckdb: Conversion,
  worker: WorkerRun,
  pages: SavedPages,
): Promise<Figure[]> {
  if (worker.errors.length > 0) throw new Error(worker.errors.join("\n"));
  const [ours, theirs] = [await summarizeFile(path), await summarizeFile(duckdb.path)];
  const rows = Number(ours.rows);
  const bytes = statSync(path).size;
  return [
    report(
      "the day",
      `${rows} samples, ${pages.paths.length} pages, ${(pages.bytes / 1e6).toFixed(0)} MB of JSON`,
    ),
    report("requests of the Worker", String(worker.status.sites[0]?.run.requests)),
    ...Object.entries(theirs).map(([name, value]) =>
      mustBe(name, ours[name] ?? "absent", ours[name] === value),
    ),
    mustBe("rows in order of name and time", "sorted", await isSorted(path)),
    atMost("CPU: workerd ÷ DuckDB", worker.cpuSeconds / duckdb.cpuSeconds, 0.75),
    report(
      `CPU, noise, least of ${TURNS}: workerd, DuckDB`,
      `${seconds(worker.cpuSeconds)}, ${seconds(duckdb.cpuSeconds)}`,
    ),
    atMost("bytes a sample", bytes / rows, 3.4),
    atMost("bytes: ours ÷ DuckDB's", bytes / duckdb.bytes, 0.9),
    report("bytes: ours, DuckDB's", `${(bytes / 1e6).toFixed(1)} MB, ${(duckdb.bytes / 1e6).toFixed(1)} MB`),
    report("peak memory of DuckDB's process", mib(duckdb.peakRssBytes)),
  ];
}

function phaseFigures(pages: SavedPages, worker: WorkerRun): Figure[] {
  const { decode, sort, merge, sliceMax, slices } = timePhases(pages, SITE, DAY);
  const samples = worker.status.records_processed;
  // Each sample is counted twice, when fetched and when merged; no tick exceeds its budget of samples.
  const tick = (worker.cpuSeconds * TICK_SAMPLES) / (2 * samples);
  return [
    report(
      "CPU, noise: decode, sort, merge and encode in Node",
      [decode, sort, merge].map(seconds).join(", "),
    ),
    atMost(`most CPU of ${slices} merge slices`, sliceMax, 2, " s CPU"),
    atMost("an invocation, by its budget of samples", tick, 30, " s CPU"),
  ];
}

function known<T>(parsed: T | undefined): T {
  if (parsed === undefined) throw new Error("the reference site, day or run is missing");
  return parsed;
}

function cheapest<T extends { readonly cpuSeconds: number }>(turns: readonly T[]): T {
  return known([...turns].sort((a, b) => a.cpuSeconds - b.cpuSeconds)[0]);
}
