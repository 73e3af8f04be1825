import type { UnlistedNames } from "../../../ace/page/page.ts";
import { dayStartMs } from "../../../domain/day.ts";
import { addTransport, type Transport } from "../../../domain/evidence.ts";
import type { FailedRequest } from "../../../fetch/fetch.ts";
import type { RunBuilder } from "../../../parquet/run/run.ts";
import type { Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import {
  addBlock,
  addToRun,
  advanceWindow,
  countRequests,
  currentWork,
  type StagedDay,
  setStaging,
} from "../ledger/ledger.ts";
import { rankBytes, rankPoints } from "./rank-points.ts";

/** Memory beside the run's columns: the sorted columns (20 a sample) and the blocks (14, and 16 of segments at most). */
const SEAL_BYTES = 50;

export type Committed = "committed" | "interrupted" | FailedRequest;

/** A run of a window, and where the window's next run begins. */
export interface FinishedRun {
  readonly run: RunBuilder;
  readonly unlisted: UnlistedNames | undefined;
  /** JSON. */
  readonly saved: string;
  readonly done: boolean;
  readonly transport: Transport;
  /** A pause that the API stated after the run. */
  readonly pauseMs?: number | undefined;
}

/** Commits at once, or, where the run takes more memory than is set aside for a commit, while no page is in memory. */
export async function commitInRoom(
  { clock, isolate }: ActionContext,
  day: StagedDay,
  { run, unlisted }: Pick<FinishedRun, "run" | "unlisted">,
  commitNow: () => Committed,
): Promise<Committed> {
  const bytes = run.samples * SEAL_BYTES + rankBytes(day, unlisted);
  const act = () => {
    const release = isolate.use(bytes);
    try {
      return commitNow();
    } finally {
      release();
    }
  };
  return bytes <= isolate.commitBytesMax ? act() : isolate.runExclusive(clock, async () => act());
}

/**
 * Stores a run of a window with the cursor after it, inside the committing transaction; "interrupted", and without
 * effect, where the work is not wanted any more or the attempt is gone. The last run of a day lets the merge begin.
 */
export function storeRun(
  context: ActionContext,
  sql: Sql,
  day: StagedDay,
  index: number,
  { run, unlisted, saved, done, transport, pauseMs }: FinishedRun,
): Committed {
  const { clock, fence } = context;
  const samples = run.samples;
  const staged = currentWork(sql, fence, day)?.staged;
  const before = staged?.windows[index];
  if (!staged || !before) return "interrupted";
  const ranked = rankPoints(context, sql, day, run, unlisted);
  if (!ranked) return "interrupted";
  if ("kind" in ranked) return ranked;
  const blocks = run.seal(dayStartMs(day.date) * 1_000, ranked.points, ranked.rankOf);
  for (const block of blocks) addBlock(sql, day.date, index, block, before.source !== undefined);
  const now = clock.now();
  const since = (transport.pages === 0 ? before.pausedSince : undefined) ?? now;
  advanceWindow(sql, day.date, before, {
    ...{ pagination: saved, transport, done },
    waitingUntil: pauseMs === undefined ? undefined : now + pauseMs,
    pausedSince: pauseMs === undefined ? undefined : since,
  });
  setStaging(sql, day.date, "transport", addTransport(staged.transport, transport));
  // Progress: a crash after this commit is not counted as a crash on the same work.
  context.endAttempt(sql);
  const last = staged.windows.every((window) => window.index === index || window.done);
  if (done && last) setStaging(sql, day.date, "phase", "merging");
  addToRun(sql, fence, { samples, requests: transport.requests });
  countRequests(context, sql);
  return "committed";
}
