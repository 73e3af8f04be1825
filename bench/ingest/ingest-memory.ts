import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWorker } from "../../local/stack/stack.ts";
import { PIPELINE_BYTES_MAX } from "../../src/domain/limits.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import { startSimulatorProcess } from "../run/simulator-process.ts";
import { atMost, type Figure, MIB, mib, mustBe, told } from "../run/verdict.ts";
import { runWorker, type WorkerRunOptions } from "../run/worker-run.ts";

const DAY = "2024-01-15";
/** As in the reference day; the days here are made while they are served. */
const REFERENCE = ["--preset", "reference"];
const FOURFOLD = [...REFERENCE, "--samples-per-day", String(4 * 3_741_234)];
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

/** What the pipeline says it holds, and what the process took, on days of several sizes. */
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
    atMost(`${title}: held by the pipeline`, result.pipelineBytesPeak / MIB, PIPELINE_MIB_MAX, " MiB"),
    told(
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

/** A cap that nobody feels proves nothing: under one that is too small for the Worker, V8 has to say that it is reached. */
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
  return [mustBe(`the flag caps: ${TOO_SMALL_MIB} MiB`, reached ? "V8 stops at it" : "not felt", reached)];
}

/** Nothing starts with it; 16 were enough for the whole day. */
const TOO_SMALL_MIB = 8;
