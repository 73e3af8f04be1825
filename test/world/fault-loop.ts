import type { Fate } from "./effects.ts";
import { contentOf, ledgerOf, stagedRows, viewLags } from "./look.ts";
import { World, type WorldOptions } from "./world.ts";

/** A small job of which every effect is broken in turn. */
export interface Subject {
  readonly options: WorldOptions;
  readonly from: string;
  readonly to: string;
}

/** Where a job came to in the end: what must not depend on anything that failed on the way. */
export interface Ending {
  readonly content: Record<string, string | undefined>;
  readonly ledger: string[];
  readonly viewLags: string[];
  readonly stagedRows: number;
  readonly status: string;
  readonly shown: unknown;
}

/** Runs the job to its end with the `nth` effect broken (none: -1). Errors name the schedule. */
export async function endingWith(subject: Subject, seed: number, nth: number, fate: Fate) {
  const world = new World({ ...subject.options, seed });
  if (nth >= 0) world.effects.break({ fate, skip: nth });
  const begun = world.effects.labels;
  try {
    await insist(() => world.start(subject.from, subject.to));
    await world.run();
    const status = await insist(() => world.status());
    await world.run();
    const ending: Ending = {
      content: contentOf(world),
      ledger: ledgerOf(world),
      viewLags: viewLags(world),
      stagedRows: stagedRows(world),
      status: `${status.status} ${status.outcome} ${status.days_completed}/${status.days_total}`,
      shown: world.view.json("backfill:state")?.status,
    };
    return { ending, effects: begun.length, label: begun[nth], world };
  } catch (error) {
    throw new Error(`seed ${seed}, effect ${nth} (${begun[nth]}), ${fate}: ${error}`, { cause: error });
  }
}

/** As a client would: asks again when an answer was lost. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      // The object died under the request; the next one makes it anew.
      if (tries === 3) throw error;
    }
  }
}
