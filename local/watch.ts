import { setTimeout as sleep } from "node:timers/promises";
import type { Problem, StartAccepted, StartConflict, Status } from "../src/contract/backfill.ts";
import type { BackfillClient } from "./client.ts";
import { type Baseline, progressLine, samplesOf, shareOf } from "./progress.ts";
import type { ProgressScreen } from "./progress-screen.ts";
import { Unable } from "./run.ts";

export interface DayRange {
  readonly from: string;
  readonly to: string;
}

export interface Watched {
  readonly screen: ProgressScreen;
  /** Expected, for the bar. */
  readonly samplesPerDay: number;
  /** How the Worker took the request: a line to print before the bars. */
  readonly onStarted: (how: string) => void;
}

/** Starts the range over HTTP, or goes on with it where an earlier run was ended, and shows it to its end. */
export async function backfill(client: BackfillClient, range: DayRange, watched: Watched): Promise<Status> {
  for (;;) {
    const reply = await client.call<StartAccepted | StartConflict | Problem>("POST", "/backfill/start", {
      start_date: range.from,
      end_date: range.to,
    });
    const { status, body } = reply;
    if (status === 202 && "message" in body) {
      watched.onStarted(`${status} ${body.status}: ${body.message}`);
      return toItsEnd(client, watched);
    }
    if (status !== 409 || !("current_state" in body)) {
      throw new Unable(
        `POST /backfill/start answered ${status}: ${JSON.stringify(body)}`,
        "Begin anew with --fresh.",
      );
    }
    // An earlier run was killed, and its Worker is about to go on by itself: within half a minute. A cancel
    // keeps what is staged, and a start after it goes on at once.
    await client.cancel();
  }
}

const POLL_MS = 200;
/** workerd restarts in a second or two where it crashes; longer than this it won't come back. */
const SILENCE_MS_MAX = 20_000;

async function toItsEnd(client: BackfillClient, watched: Watched): Promise<Status> {
  const since = new Map<string, Baseline>();
  let answeredAt = performance.now();
  try {
    for (;;) {
      const status = await client.status().catch((cause: unknown) => {
        if (performance.now() - answeredAt < SILENCE_MS_MAX) return undefined;
        throw new Unable("The Backfill Worker does not answer any more.", "Run it again: it goes on.", {
          cause,
        });
      });
      if (status) {
        answeredAt = performance.now();
        watched.screen.show(linesOf(status, since, watched));
        if (status.status !== "in_progress") return status;
      }
      await sleep(POLL_MS);
    }
  } finally {
    watched.screen.settle();
  }
}

function linesOf(status: Status, since: Map<string, Baseline>, watched: Watched): string[] {
  const now = performance.now();
  const siteWidth = Math.max(...status.sites.map((view) => view.site.length));
  return status.sites.map((view) => {
    const baseline = since.get(view.site) ?? {
      samples: samplesOf(view),
      share: shareOf(view, watched.samplesPerDay),
      atMs: now,
    };
    since.set(view.site, baseline);
    return progressLine(view, {
      since: baseline,
      now,
      samplesPerDay: watched.samplesPerDay,
      width: watched.screen.width,
      siteWidth,
      paint: watched.screen.paint,
    });
  });
}
