import type { SyncRun } from "../../contract/etl.ts";
import type { EpochMs } from "../../domain/day.ts";

/** The sync that is running, from its first request to the next rest. In memory: a crash loses no more than its counts. */
export class RunningSync {
  readonly startedAt: EpochMs;
  windows = 0;
  samples = 0;
  requests = 0;
  rowsWritten = 0;
  error: string | null = null;

  constructor(startedAt: EpochMs) {
    this.startedAt = startedAt;
  }

  ended(now: EpochMs): SyncRun {
    return {
      started_at: new Date(this.startedAt).toISOString(),
      ended_at: new Date(now).toISOString(),
      outcome: this.error === null ? "ok" : "failed",
      windows: this.windows,
      samples: this.samples,
      requests: this.requests,
      rows_written: this.rowsWritten,
      error: this.error,
    };
  }
}
