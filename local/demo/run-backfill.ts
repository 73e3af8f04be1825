import { type BackfillClient, pollBackfill } from "../../client/client.ts";
import type { Problem, StartAccepted, StartConflict, Status } from "../../src/contract/backfill.ts";
import { CommandError, lostLine, type ProgressScreen, SiteLines } from "../../terminal/terminal.ts";

export interface DayRange {
  readonly from: string;
  readonly to: string;
}

export interface Progress {
  readonly screen: ProgressScreen;
  /** The expected samples per day, for the bar. */
  readonly samplesPerDay: number;
  /** Called with the Worker's response to the start, as a line to print before the bars. */
  readonly onStarted: (how: string) => void;
}

/** Starts or resumes the backfill of the range over HTTP, and shows it until it ends. */
export async function runBackfill(
  client: BackfillClient,
  range: DayRange,
  progress: Progress,
): Promise<Status> {
  for (;;) {
    const reply = await client.call<StartAccepted | StartConflict | Problem>("POST", "/backfill/start", {
      start_date: range.from,
      end_date: range.to,
    });
    const { status, body } = reply;
    if (status === 202 && "message" in body) {
      progress.onStarted(`${status} ${body.status}: ${body.message}`);
      return watchUntilEnd(client, progress);
    }
    if (status !== 409 || !("current_state" in body)) {
      throw new CommandError(
        `POST /backfill/start responded with ${status}: ${JSON.stringify(body)}`,
        "To start again, add --fresh.",
      );
    }
    // An earlier run was killed, and its Worker would resume by itself within half a minute. A cancel keeps what is
    // staged, and a start after it resumes at once.
    await client.cancel();
  }
}

const POLL_MS = 200;
/** After a crash workerd restarts within two seconds; after this time it does not restart at all. */
const SILENCE_MS_MAX = 20_000;

async function watchUntilEnd(client: BackfillClient, { screen, samplesPerDay }: Progress): Promise<Status> {
  const sites = new SiteLines();
  let last: Status | undefined;
  const options = () => ({ samplesPerDay, width: screen.width, paint: screen.paint });
  try {
    return await pollBackfill(client, {
      pollMs: POLL_MS,
      silenceMsMax: SILENCE_MS_MAX,
      whenSilent: "Run the command again: it resumes.",
      show: (status) => {
        last = status;
        screen.show(sites.of(status, { ...options(), now: performance.now() }));
      },
      lost: (silentMs) => {
        if (last) screen.show([lostLine(silentMs), ...sites.past(last, options())]);
      },
    });
  } finally {
    screen.settle();
  }
}
