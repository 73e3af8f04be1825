import { rmSync } from "node:fs";
import { REFERENCE_DAY } from "../../simulator/building/building.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import { runWorker, startSimulatorProcess, type WorkerRun } from "../measure/measure.ts";

const DAY = "2024-01-15";
/** Backfilled first: the lists of points are loaded, and R2, KV and the Worker's code have been used. */
const EMPTY_DAY = "2024-01-14";
/** The largest run takes some minutes; a busy machine takes several times as long. */
const RUN_MS_MAX = 3_600_000;
/** The highest that the Worker takes: no request waits for its permit. */
export const UNLIMITED = 60_000;

/** A day of some sites, of a size in reference days. */
export interface Load {
  readonly sites: number;
  readonly days: number;
  readonly requestsPerMinute: number;
  readonly v8Flags?: readonly string[];
}

export interface ScaleRun extends WorkerRun {
  readonly samples: number;
  readonly isWhole: boolean;
}

/** Backfills a day of all sites at once. The simulator generates the day while it serves it. */
export async function runLoad(load: Load, run: CommandRun): Promise<ScaleRun> {
  const sites = Array.from({ length: load.sites }, (_, index) => `site_${index}`);
  const samples = Math.round(REFERENCE_DAY.samplesPerDay * load.days);
  const size = ["--preset", "reference", "--samples-per-day", String(samples)];
  const simulator = await startSimulatorProcess(
    ["--sites", sites.join(","), ...size, "--empty-days", EMPTY_DAY],
    run,
  );
  try {
    const result = await runWorker(
      {
        api: simulator.api,
        sites,
        from: DAY,
        to: DAY,
        emptyDay: EMPTY_DAY,
        vars: { REQUESTS_PER_MINUTE: String(load.requestsPerMinute) },
        ...(load.v8Flags ? { v8Flags: load.v8Flags } : {}),
        msMax: RUN_MS_MAX,
      },
      run,
    );
    rmSync(result.stateDir, { recursive: true, force: true });
    const { outcome, records_processed } = result.status;
    const isWhole =
      outcome === "success" && records_processed === samples * sites.length && result.errors.length === 0;
    return { ...result, samples: records_processed, isWhole };
  } finally {
    simulator.stop();
  }
}

/** Seconds of CPU. */
export const cpuPerMillion = ({ cpuSeconds, samples }: ScaleRun) => (cpuSeconds / samples) * 1e6;

/** Of workerd above what it has when idle, in bytes. */
export const memoryAboveIdle = ({ after, idle }: ScaleRun) => after.peakRssBytes - idle.rssBytes;
