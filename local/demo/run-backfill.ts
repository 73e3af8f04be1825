import { type BackfillClient, pollBackfill } from "../../client/client.ts";
import type { Problem, StartAccepted, StartConflict, Status } from "../../src/contract/backfill.ts";
import { CommandError, type ProgressScreen, SiteLines } from "../../terminal/terminal.ts";

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
      throw new CommandError(
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

async function toItsEnd(client: BackfillClient, { screen, samplesPerDay }: Watched): Promise<Status> {
  const sites = new SiteLines();
  try {
    return await pollBackfill(client, {
      pollMs: POLL_MS,
      silenceMsMax: SILENCE_MS_MAX,
      whenSilent: "Run it again: it goes on.",
      show: (status) => {
        const { width, paint } = screen;
        screen.show(sites.of(status, { now: performance.now(), samplesPerDay, width, paint }));
      },
    });
  } finally {
    screen.settle();
  }
}
