import { setTimeout as sleep } from "node:timers/promises";
import type { Status } from "../src/contract/backfill.ts";
import type { BackfillClient } from "./client.ts";
import { EXIT } from "./exit-codes.ts";
import { Unable } from "./run.ts";

export interface Following {
  readonly pollMs: number;
  /** A Worker that is silent for less is waited for. */
  readonly silenceMsMax: number;
  /** What to do about one that is silent for longer. */
  readonly whenSilent: string;
  show(status: Status): void;
}

/** Shows a backfill that was started until it rests: its last status. Throws `Unable` where the Worker falls silent. */
export async function follow(client: BackfillClient, following: Following): Promise<Status> {
  let answeredAt = performance.now();
  for (;;) {
    const status = await client.status().catch((cause: unknown) => {
      if (performance.now() - answeredAt < following.silenceMsMax) return undefined;
      const silent = "The Backfill Worker does not answer any more.";
      throw new Unable(silent, following.whenSilent, { cause, exitCode: EXIT.unreachable });
    });
    if (status) {
      answeredAt = performance.now();
      following.show(status);
      if (status.status !== "in_progress") return status;
    }
    await sleep(following.pollMs);
  }
}
