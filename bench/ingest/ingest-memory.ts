import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWorker } from "../../local/stack/stack.ts";
import { REFERENCE_DAY } from "../../simulator/building/building.ts";
import { PIPELINE_BYTES_MAX } from "../../src/domain/limits.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import {
  atMost,
  type Figure,
  MIB,
  mib,
  mustBe,
  report,
  runWorker,
  startSimulatorProcess,
  type WorkerRunOptions,
} from "../measure/measure.ts";

const DAY = "2024-01-15";
/** The reference site; its days are generated while they are served. */
const REFERENCE = ["--preset", "reference"];
const FOURFOLD = [...REFERENCE, "--samples-per-day", String(4 * REFERENCE_DAY.samplesPerDay)];
const FOUR_SITES = ["site_a", "site_b", "site_c", "site_d"];
const PIPELINE_MIB_MAX = PIPELINE_BYTES_MAX / MIB;

interface Case {
  readonly title: string;
  readonly simulator: readonly string[];
  readonly sites: readonly string[];
  readonly v8Flags?: readonly string[];
}

const CAPPED = ["--max-heap-size=128"];
const CASES: readonly Case[] = [
  { title: "a day", simulator: REFERENCE, sites: ["site_a"] },
  { title: "a day of four times the samples", simulator: FOURFOLD, sites: ["site_a"] },
  { title: "four sites at once", simulator: REFERENCE, sites: FOUR_SITES },
  { title: "a day, heap capped at 128 MiB", simulator: REFERENCE, sites: ["site_a"], v8Flags: CAPPED },
  { title: "four sites, heap capped at 128 MiB", simulator: REFERENCE, sites: FOUR_SITES, v8Flags: CAPPED },
];

/** The memory that the pipeline reports and that of the process, for days of several sizes. */
export async function memoryFigures(run: CommandRun): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const each of CASES) figures.push(...(await figuresOf(each, run)));
  figures.push(...(await capFigures(run)));
  return figures;
}

async function figuresOf(
  { title, simulator: flags, sites, v8Flags }: Case,
  run: CommandRun,
): Promise<Figure[]> {
  console.log(`… ${title}`);
  const result = await runOnce(flags, { sites, ...(v8Flags ? { v8Flags } : {}) }, run);
  const { status, idle, after, errors } = result;
  const whole = status.outcome === "success" && errors.length === 0;
  return [
    mustBe(`${title}: completes`, `${status.records_processed} samples`, whole),
    atMost(`${title}: memory of the pipeline`, result.pipelineBytesPeak / MIB, PIPELINE_MIB_MAX, " MiB"),
    report(
      `${title}: peak RSS of ${after.pids.length} workerd above idle`,
      mib(after.peakRssBytes - idle.rssBytes),
    ),
  ];
}

async function runOnce(
  flags: readonly string[],
  options: Pick<WorkerRunOptions, "sites" | "v8Flags">,
  run: CommandRun,
) {
  const simulator = await startSimulatorProcess(["--sites", options.sites.join(","), ...flags], run);
  try {
    return await runWorker({ api: simulator.api, from: DAY, to: DAY, ...options }, run);
  } finally {
    simulator.stop();
  }
}

/** Whether the flag caps the heap at all: V8 must report that a cap too small for the Worker is reached. */
async function capFigures(run: CommandRun): Promise<Figure[]> {
  console.log("… whether the flag caps");
  const stateDir = mkdtempSync(join(tmpdir(), "backfill-bench-"));
  run.onEnd(() => rmSync(stateDir, { recursive: true, force: true }));
  let reached = false;
  const worker = await startWorker({
    stateDir,
    vars: {},
    v8Flags: [`--max-heap-size=${TOO_SMALL_MIB}`],
    signal: run.signal,
    onLine: (line) => {
      reached ||= line.includes("heap limit");
    },
  }).catch(() => undefined);
  await worker?.stop();
  return [mustBe(`the flag caps: ${TOO_SMALL_MIB} MiB`, reached ? "V8 stops at it" : "no effect", reached)];
}

/** Too small to start with; 16 MiB were enough for the whole day. */
const TOO_SMALL_MIB = 8;
