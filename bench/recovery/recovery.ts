import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { LANES_MAX, RUN_SAMPLES } from "../../src/domain/limits.ts";
import { randomOf } from "../data/data.ts";
import { atMost, type Figure, type MeasureSection, mustBe, report, seconds } from "../measure/measure.ts";
import { type BackfillRun, openBackfillRun, PAGE_SIZE } from "./backfill-run.ts";
import { requestsSince } from "./repeated-requests.ts";

/** Days of 15 pages, so many that the backfill outlasts the kills. */
const SIZES = {
  full: { days: 9, kills: 10, spreadMs: 12_000 },
  quick: { days: 2, kills: 3, spreadMs: 6_000 },
};
const SEED = 7;
/** After the first new page, so that each start gets somewhere; at most `spreadMs` later. */
const KILL_AFTER_MS_MIN = 200;

/**
 * A crash costs a lane at most one run, because run and cursor are committed together, and each of the lanes may be within
 * one. A few more: the page at which a window ends is read again for its last timestamp, and so is the list of points.
 */
const REPEATED_MAX = LANES_MAX * Math.ceil(RUN_SAMPLES / PAGE_SIZE) + 3;

/** What followed a kill. */
interface Recovery {
  readonly atRequest: number;
  readonly repeated: number;
  readonly healthyAfterMs: number;
  readonly newPageAfterMs: number;
}

/** Kills the Worker at random moments of a backfill, and compares it with a backfill that nobody disturbs. */
export const recoverySection: MeasureSection = async (run, { quick }) => {
  const { days, kills, spreadMs } = quick ? SIZES.quick : SIZES.full;
  console.log(`… ${days} days undisturbed, and with ${kills} kills`);
  const undisturbed = await openBackfillRun(days, run);
  const disturbed = await openBackfillRun(days, run);
  const [recoveries] = await Promise.all([killAgain(disturbed, kills, spreadMs), undisturbed.completed()]);
  const [same, objects] = await compare(undisturbed, disturbed);
  const requests = [undisturbed, disturbed].map(({ simulator }) => simulator.arrivals().length);
  await Promise.all([undisturbed.close(), disturbed.close()]);
  return {
    tables: [
      {
        title: "Kills",
        columns: ["kill", "at request", "repeated", "start to health", "health to the first new page"],
        rows: recoveries.map(({ atRequest, repeated, healthyAfterMs, newPageAfterMs }, at) => [
          ...[at + 1, atRequest, repeated].map(String),
          ...[healthyAfterMs, newPageAfterMs].map((ms) => seconds(ms / 1_000)),
        ]),
      },
    ],
    figures: figuresOf(recoveries, requests as [number, number], same, objects),
  };
};

function figuresOf(
  recoveries: readonly Recovery[],
  [undisturbed, disturbed]: readonly [number, number],
  same: number,
  objects: number,
): Figure[] {
  const most = (of: (recovery: Recovery) => number) => Math.max(...recoveries.map(of));
  const newPage = recoveries.map(({ newPageAfterMs }) => newPageAfterMs / 1_000).sort((a, b) => a - b);
  return [
    mustBe("objects, byte by byte", `${same} of ${objects}`, same === objects),
    report("requests, undisturbed", String(undisturbed)),
    report("requests, with kills", String(disturbed)),
    atMost(
      "requests more than undisturbed, a kill",
      (disturbed - undisturbed) / recoveries.length,
      REPEATED_MAX,
    ),
    atMost(
      "requests repeated, the most after a kill",
      most(({ repeated }) => repeated),
      REPEATED_MAX,
    ),
    report(
      "health to the first new page, median and most",
      [newPage[newPage.length >> 1] ?? 0, newPage.at(-1) ?? 0].map(seconds).join(", "),
    ),
  ];
}

async function killAgain(backfill: BackfillRun, kills: number, spreadMs: number): Promise<Recovery[]> {
  const random = randomOf(SEED);
  const starts: { at: number; startedMs: number; healthyMs: number }[] = [];
  const newPages: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    await sleep(KILL_AFTER_MS_MIN + random() * spreadMs);
    await backfill.kill();
    const at = backfill.simulator.arrivals().length;
    const startedMs = Date.now();
    const healthyMs = await backfill.startAgain();
    starts.push({ at, startedMs, healthyMs });
    // Nobody calls the Worker meanwhile: its own alarms have to continue the work.
    newPages.push(await firstNewPage(backfill, at));
  }
  await backfill.completed();
  return starts.map(({ at, startedMs, healthyMs }, index) => ({
    atRequest: at,
    repeated: requestsSince(backfill.simulator.arrivals(), at, starts[index + 1]?.at).repeated,
    healthyAfterMs: healthyMs - startedMs,
    // Alarms that are due may be delivered before the Worker's address responds.
    newPageAfterMs: Math.max(0, (newPages[index] ?? 0) - healthyMs),
  }));
}

/** A lost alarm is due within half a minute, and a cron trigger within five. */
const NEW_PAGE_MS_MAX = 120_000;
const POLL_MS = 50;

async function firstNewPage({ simulator }: BackfillRun, since: number): Promise<number> {
  const deadline = Date.now() + NEW_PAGE_MS_MAX;
  for (;;) {
    const { firstNewMs } = requestsSince(simulator.arrivals(), since, undefined);
    if (firstNewMs !== undefined) return firstNewMs;
    if (Date.now() > deadline) throw new Error(`no new page within ${NEW_PAGE_MS_MAX} ms after a kill`);
    await sleep(POLL_MS);
  }
}

/** How many objects of the first are the same bytes in the other, and how many there are in both. */
async function compare(first: BackfillRun, second: BackfillRun): Promise<[number, number]> {
  const [hashes, others] = [await hashesOf(first), await hashesOf(second)];
  const keys = new Set([...hashes.keys(), ...others.keys()]);
  const same = [...keys].filter((key) => hashes.get(key) === others.get(key));
  return [same.length, keys.size];
}

async function hashesOf(backfill: BackfillRun): Promise<Map<string, string>> {
  const objects = await backfill.objects();
  return new Map(
    objects.map(({ key, bytes }) => [key, createHash("sha256").update(bytes).digest("hex")] as const),
  );
}
