import type { VendorFault } from "../../ace/faults.ts";
import {
  PAGE_SIZE_MAX,
  type PageSizeLadder,
  pageSucceeded,
  parsePageSize,
  startLadder,
  stepDown,
} from "../../ace/page-size.ts";
import { askedSpan, samplesPath } from "../../ace/request.ts";
import {
  pageSizeFor,
  resumeWalk,
  type SavedWalk,
  type Step,
  saveWalk,
  startWalk,
  step,
  stepNoData,
  type Walk,
} from "../../ace/walk.ts";
import { decodeSamples, type SamplesPage } from "../../ace/wire.ts";
import { dayStartMs } from "../../domain/day.ts";
import { addTransport, NOTHING_FETCHED, type Transport } from "../../domain/evidence.ts";
import { RUN_SAMPLES } from "../../domain/limits.ts";
import { RunBuilder } from "../../parquet/run-builder.ts";
import { type Fence, holds, type SiteContext, touch } from "./context.ts";
import { layDown } from "./in-hand.ts";
import { fetchKey } from "./next-actions.ts";
import { ask, type FailedRequest, type RequestCount } from "./request.ts";
import { addBlock, isStaged, type StagedDay, setPhase, setTransport, setWalk, stagedDay } from "./staging.ts";
import { addToRun, fact, setFact } from "./state.ts";

export type FetchResult =
  | { readonly kind: "committed" | "interrupted" }
  | { readonly kind: "failed"; readonly failed: FailedRequest; readonly page: number };

/** Pages of one run: a crash costs them, so a run of tiny pages ends before it holds many samples. */
const PAGES_A_RUN_MAX = 60;

/**
 * Fetches the pages of one run of a window, and commits the run with the cursor behind it. Until that commit
 * nothing has happened: dying anywhere before costs these requests alone.
 */
export async function fetchRun(
  context: SiteContext,
  fence: Fence,
  day: StagedDay,
  index: number,
): Promise<FetchResult> {
  const window = day.windows[index];
  if (!window) throw new Error(`${day.date} has no window ${index}`);
  const { isolate } = context;
  const { ids } = context.points();
  // Empty until its first page has come: a lane that waits for a permit or an answer holds nothing.
  const run = new RunBuilder(0);
  let release = () => {};
  const holdRun = (besideBytes = 0) => {
    release();
    release = isolate.hold(run.bytesHeld + besideBytes);
  };
  const count: RequestCount = { requests: 0, retries: 0, latencyMs: undefined };
  let ladder = ladderOf(context);
  let walk = window.walk ? resumeWalk(JSON.parse(window.walk) as SavedWalk) : startWalk(window.span);
  let transport: Transport = NOTHING_FETCHED;
  let done = false;
  let failedOnce = false;
  try {
    // Inside the timestamp it began with a run may not end: the next would read that timestamp from its first
    // row again, and where it has more rows than a run has pages for, for ever.
    const floorMicros = walk.floorMicros;
    const roomLeft = () =>
      (hasRoom(run.samples, ladder.size) && transport.pages < PAGES_A_RUN_MAX) ||
      (floorMicros !== undefined && walk.floorMicros === floorMicros);
    while (!done && roomLeft()) {
      // Another lane may have failed the day: no more requests for it.
      if (!context.store.tx((sql) => isStaged(sql, day.date, day.token))) return { kind: "interrupted" };
      const walked = walk;
      let asked = pageSizeFor(walked, ladder.size);
      const answer = await ask<{ page: SamplesPage; next: Step }>(
        context,
        fence,
        {
          path: () => {
            asked = pageSizeFor(walked, ladder.size);
            return samplesPath(context.site, window.span, asked, walked.cursor);
          },
          decode: (text) => {
            const page = decodeSamples(text, {
              points: ids,
              keep: window.span,
              asked: askedSpan(window.span),
            });
            const next = step(walked, page, asked);
            // Into the run while no other page is in memory; the page itself ends here.
            if (next.accept) run.append(page.kept);
            holdRun();
            return { page, next };
          },
          easier: (reason) => {
            // The first failure may be a hiccup; a body over the bound will be over it again.
            const again = failedOnce || reason === "too-large";
            failedOnce = true;
            const before = ladder.size;
            if (again) ladder = stepDown(ladder);
            return ladder.size !== before;
          },
        },
        count,
      );
      failedOnce = false;
      if (answer.kind === "interrupted") return { kind: "interrupted" };
      if (answer.kind === "throttled") {
        context.store.tx((sql) => setFact(sql, "throttledUntil", answer.until));
        break;
      }
      if (answer.kind === "failed") return { kind: "failed", failed: answer.failed, page: transport.pages };
      const next = answer.kind === "no-data" ? stepNoData(walk) : answer.value.next;
      if (next.next === "fault")
        return { kind: "failed", failed: faultOf(next.fault), page: transport.pages };
      walk = next.walk;
      done = next.next === "done";
      ladder = pageSucceeded(ladder);
      if (answer.kind === "value" && next.accept) transport = addPage(transport, answer.value.page);
    }
    transport = { ...transport, requests: count.requests, retries: count.retries };
    holdRun(run.samples * SEAL_BYTES);
    return commit(context, fence, day, index, { run, walk, done, transport, ladder, count })
      ? { kind: "committed" }
      : { kind: "interrupted" };
  } finally {
    release();
    context.spend(transport.fetched);
  }
}

/** The first page always; a further one where it fits. A window's first page lacks its margin, and is a run all the same. */
const hasRoom = (samples: number, pageSize: number) => samples === 0 || samples + pageSize <= RUN_SAMPLES;

/** Beside the run's columns: the sorted ones (20 a sample) and the blocks (14, and 16 where each is a segment). */
const SEAL_BYTES = 50;

interface Fetched {
  readonly run: RunBuilder;
  readonly walk: Walk;
  readonly done: boolean;
  readonly transport: Transport;
  readonly ladder: PageSizeLadder;
  readonly count: RequestCount;
}

/** False where the fence fell meanwhile, or the attempt is gone: then none of it counts. */
function commit(
  context: SiteContext,
  fence: Fence,
  day: StagedDay,
  index: number,
  fetched: Fetched,
): boolean {
  const { clock, store } = context;
  const { run, walk, done, transport, ladder, count } = fetched;
  const samples = run.samples;
  const blocks = run.seal(dayStartMs(day.date) * 1_000, day.plan.pointCount);
  return store.tx((sql) => {
    const staged = holds(sql, fence) && stagedDay(sql, day.date, day.token);
    if (!staged) return false;
    for (const block of blocks) addBlock(sql, day.date, block.bucket, block.bytes);
    setWalk(sql, day.date, index, JSON.stringify(saveWalk(walk)), done);
    setTransport(sql, day.date, addTransport(staged.transport, transport));
    // Progress: a death after this line is not one of the same work.
    layDown(sql, fetchKey(day.date, index));
    const last = staged.windows.every((window) => window.index === index || window.done);
    if (done && last) setPhase(sql, day.date, "merging");
    addToRun(sql, fence.epoch, { samples, requests: transport.requests });
    setFact(sql, "pageSize", { configured: context.config.pageSize, ladder });
    setFact(sql, "unreachable", []);
    setFact(sql, "outage", undefined);
    if (count.latencyMs !== undefined)
      setFact(sql, "latencyMs", smooth(fact(sql, "latencyMs"), count.latencyMs));
    if (transport.pages > 0) touch(sql, clock);
    return true;
  });
}

/** Where the site's page size stands; begun anew when another was configured. */
export function ladderOf(context: SiteContext): PageSizeLadder {
  const configured = parsePageSize(context.config.pageSize) ?? PAGE_SIZE_MAX;
  const stored = context.store.tx((sql) => fact(sql, "pageSize"));
  return stored?.configured === configured ? stored.ladder : startLadder(configured);
}

const smooth = (before: number | undefined, now: number) =>
  before === undefined ? now : 0.7 * before + 0.3 * now;

function addPage(transport: Transport, page: SamplesPage): Transport {
  return addTransport(transport, {
    pages: 1,
    requests: 0,
    retries: 0,
    fetched: page.fetched,
    rejected: page.rejected as Readonly<Record<string, number>>,
    outside: page.outside,
    unconfigured: page.unconfigured,
  });
}

function faultOf(fault: VendorFault): FailedRequest {
  return { kind: "protocol", reason: fault.reason, message: fault.message };
}
