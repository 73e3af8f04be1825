import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import type { RetriedRequest } from "../../../fetch/fetch.ts";
import type { SiteReport } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import type { ActionContext, SiteContext, WorkDone } from "../context.ts";
import { ladderOf, observeRequests } from "../fetch/fetch.ts";
import {
  beginAttempt,
  countRequests,
  endAttempt,
  epochOf,
  type Fence,
  failDay,
  recordCrash,
  stagedDays,
} from "../ledger/ledger.ts";
import { type Track, trackOf } from "../plan.ts";
import { type Action, isApart } from "./next-actions.ts";
import { perform } from "./perform.ts";
import { type LiveState, reportOf } from "./report.ts";

/** The pause after an action that failed unexpectedly. */
const UNEXPECTED_FAILURE_MS = 5_000;

interface RunningAction {
  readonly ended: Promise<void>;
  readonly track: Track;
  readonly date: UtcDay | undefined;
  lastHeartbeatAt: EpochMs;
  retried: RetriedRequest | undefined;
}

/** The actions of a site that run now, each with its attempt in the database and its heartbeat. */
export class RunningActions {
  readonly #context: SiteContext;
  readonly #count: (done: WorkDone) => void;
  readonly #running = new Map<string, RunningAction>();
  readonly #epochs = new Map<Track, { readonly epoch: number; readonly abort: AbortController }>();

  /** `count` is called with the samples and days that actions have done. */
  constructor(context: SiteContext, count: (done: WorkDone) => void) {
    this.#context = context;
    this.#count = count;
  }

  get keys(): ReadonlySet<string> {
    return new Set(this.#running.keys());
  }

  start(action: Action): void {
    const { clock, log, site, store } = this.#context;
    const track = trackOfAction(action);
    const fence = this.#currentFence(track);
    const date = "day" in action ? action.day.date : undefined;
    if (date) store.tx((sql) => beginAttempt(sql, action.key, date));
    const current = () => {
      const running = this.#running.get(action.key);
      return running?.ended === ended ? running : undefined;
    };
    const heartbeat = () => {
      const running = current();
      if (running) running.lastHeartbeatAt = clock.now();
    };
    const retrying = (request: RetriedRequest | undefined) => {
      const running = current();
      if (running) running.retried = request;
    };
    const context: ActionContext = {
      ...this.#context,
      fence,
      endAttempt: (sql) => endAttempt(sql, action.key),
      heartbeat,
      requests: observeRequests(this.#context, retrying),
      report: () => this.report(),
      count: this.#count,
    };
    const ended = perform(context, action)
      .then(() => {
        if (!date) return;
        store.tx((sql) => {
          endAttempt(sql, action.key);
          countRequests(context, sql);
        });
      })
      .catch(async (error: unknown) => {
        log("ERROR", `${action.key} failed unexpectedly`, { site, error: String(error) });
        if (date) store.tx((sql) => recordCrashes(context, sql, action.key));
        await clock.sleep(UNEXPECTED_FAILURE_MS, fence.signal);
      })
      .finally(() => this.#running.delete(action.key));
    this.#running.set(action.key, { ended, track, date, lastHeartbeatAt: clock.now(), retried: undefined });
    ended.catch(() => undefined);
  }

  /** Resolves when an action ends, and at `until`. Rejects where an action's failure could not be recorded. */
  async anyEnds(until: EpochMs): Promise<void> {
    const { clock } = this.#context;
    const over = new AbortController();
    await Promise.race([
      ...[...this.#running.values()].map(({ ended }) => ended),
      clock.sleep(Math.max(0, until - clock.now()), over.signal),
    ]);
    over.abort("over");
  }

  /** Aborts the actions of a track's epoch that has ended. */
  abort(track: Track): void {
    this.#epochs.get(track)?.abort.abort();
  }

  report(): SiteReport {
    const { clock, isolate, site, store } = this.#context;
    const heartbeats = [...this.#running.values()].map(({ lastHeartbeatAt }) => lastHeartbeatAt);
    return store.tx((sql) =>
      reportOf(sql, site, {
        now: clock.now(),
        busy: [...this.#running].some(
          ([key, { track }]) => track === "job" && !isApart(key) && key !== "rollup",
        ),
        makesRollups: this.#running.has("rollup"),
        pageSize: ladderOf(this.#context).size,
        pipelineBytesPeak: isolate.peakBytes,
        lastHeartbeatAt: heartbeats.length === 0 ? undefined : Math.min(...heartbeats),
        retried: this.#retried(),
      }),
    );
  }

  /** Of the job's requests that are tried again now, the one that has the fewest tries left. */
  #retried(): LiveState["retried"] {
    const retried = [...this.#running.values()].flatMap(({ date, track, retried: request }) =>
      request && track === "job" ? [{ date, ...request }] : [],
    );
    const triesLeft = (of: RetriedRequest) => of.triesMax - of.try;
    return retried.sort((a, b) => triesLeft(a) - triesLeft(b) || a.nextAt - b.nextAt)[0];
  }

  /** The fence of the track's current epoch; aborts the actions of the epoch before. */
  #currentFence(track: Track): Fence {
    const epoch = this.#context.store.tx((sql) => epochOf(sql, track));
    let current = this.#epochs.get(track);
    if (current?.epoch !== epoch) {
      this.abort(track);
      current = { epoch, abort: new AbortController() };
      this.#epochs.set(track, current);
    }
    return { track, epoch, signal: current.abort.signal };
  }
}

function trackOfAction(action: Action): Track {
  if ("day" in action) return trackOf(action.day);
  return "track" in action ? action.track : "job";
}

/** Records a crash of every running action, or of `key` alone. Fails days after their third crash. */
export function recordCrashes(context: SiteContext, sql: Sql, key?: string): void {
  const days = recordCrash(sql, ladderOf(context), context.config.pageSize, key);
  const failed = { reason: "crash", message: "The Worker crashed three times on the same work of this day" };
  for (const day of stagedDays(sql)) {
    if (!days.includes(day.date)) continue;
    const track = trackOf(day);
    const fence = { track, epoch: epochOf(sql, track), signal: new AbortController().signal };
    failDay({ ...context, fence }, day, failed, { date: day.date });
  }
}
