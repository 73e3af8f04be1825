import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openState } from "../../../local/stack/stack.ts";
import { addDays, parseUtcDay } from "../../../src/domain/day.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import { parseSiteName } from "../../../src/domain/site.ts";
import type { CommandRun } from "../../../terminal/terminal.ts";
import { runWorker } from "../../measure/measure.ts";
import type { Conversion, Failure } from "./conversion.ts";
import type { SavedDay } from "./saved-day.ts";

export interface WorkerConversion extends Conversion {
  readonly samples: number;
  readonly requests: number;
}

/** The Backfill Worker from the simulated API to R2. Before the day it backfills the day before, which must be empty. */
export async function backfillDay(
  api: string,
  saved: SavedDay,
  run: CommandRun,
): Promise<WorkerConversion | Failure> {
  const [site, day] = [parseSiteName(saved.site), parseUtcDay(saved.day)];
  if (!site || !day) throw new RangeError(`not a site and a day: ${saved.site}, ${saved.day}`);
  const worker = await runWorker(
    { api, sites: [site], from: day, to: day, emptyDay: addDays(day, -1) },
    run,
  ).catch((error: Error) => ({ failed: error.message }));
  if ("failed" in worker) return worker;
  const [error] = worker.errors;
  if (error !== undefined) return { failed: error };

  const state = await openState(worker.stateDir);
  const bytes = await state.bytes(objectKey(site, day));
  await state.close();
  rmSync(worker.stateDir, { recursive: true, force: true });
  if (!bytes) return { failed: `no object: ${worker.status.outcome}` };
  const path = join(saved.folder, "workerd.parquet");
  writeFileSync(path, bytes);
  return {
    path,
    bytes: bytes.length,
    cpuSeconds: worker.cpuSeconds,
    wallSeconds: worker.wallSeconds,
    peakRssBytes: worker.after.peakRssBytes - worker.idle.rssBytes,
    samples: worker.status.records_processed,
    requests: worker.status.sites[0]?.run.requests ?? 0,
  };
}
