import { setTimeout as sleep } from "node:timers/promises";
import type { Status } from "../src/contract/backfill.ts";
import { clockOf } from "../terminal/figures.ts";
import type { BackfillClient } from "./backfill-client.ts";
import { Unable } from "./run.ts";

export interface Following<T> {
  readonly pollMs: number;
  /** A Worker that is silent, or out of order, for less is waited for. */
  readonly silenceMsMax: number;
  /** What to do about one that is silent for longer. */
  readonly whenSilent: string;
  show(answer: T): void;
}

/** Shows a backfill that was started until it rests: its last status. Throws `Unable` where the Worker falls silent. */
export function follow(client: BackfillClient, following: Following<Status>): Promise<Status> {
  return poll(
    () => client.status(),
    (status) => status.status !== "in_progress",
    following,
  );
}

/** Asks and shows until an answer is the last one. A fault that may pass is waited for; any other one is thrown at once. */
export async function poll<T>(
  ask: () => Promise<T>,
  isLast: (answer: T) => boolean,
  following: Following<T>,
): Promise<T> {
  let answeredAt = performance.now();
  for (;;) {
    const answer = await ask().catch((fault: unknown) => {
      if (!(fault instanceof Unable && fault.transient)) throw fault;
      if (performance.now() - answeredAt < following.silenceMsMax) return undefined;
      const silent = `For ${clockOf(following.silenceMsMax)} there was no other answer. ${fault.message}`;
      throw new Unable(silent, following.whenSilent, { cause: fault, exitCode: fault.exitCode });
    });
    if (answer !== undefined) {
      answeredAt = performance.now();
      following.show(answer);
      if (isLast(answer)) return answer;
    }
    await sleep(following.pollMs);
  }
}
