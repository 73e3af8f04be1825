import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "../../system/fixture.ts";
import { Chance } from "../../world/harness/chance.ts";

/** The Workers beside the Backfill Worker that a kill takes down as well, or alone while a sync runs. */
export interface LiveKill {
  readonly etl: boolean;
  readonly query: boolean;
  /** After a sync has begun, while the Backfill Worker goes on; otherwise together with that Worker. */
  readonly inSync: boolean;
  readonly afterMs: number;
}

/** Drawn apart from the kills of the Backfill Worker, so that those are the same with and without live sites. */
export function drawLiveKills(seed: number, cycle: number, count: number): LiveKill[] {
  const chance = new Chance(seed * 1_000 + cycle + LIVE_SEED);
  return Array.from({ length: count }, () => ({
    etl: chance.below(4) > 0,
    query: chance.below(3) === 0,
    inSync: chance.below(3) === 0,
    afterMs: chance.below(3_000),
  }));
}

const LIVE_SEED = 500_000_000;

export function kindOfLiveKill({ etl, query, inSync }: LiveKill): string | undefined {
  const names = [...(etl ? ["ETL Sync"] : []), ...(query ? ["Query"] : [])];
  if (names.length === 0) return undefined;
  return `${names.join(" and ")}${inSync ? " in a sync" : " too"}`;
}

/** Kills the Workers at once, whatever they do, and starts them again after `between`. */
export async function killBeside(
  world: World,
  { etl, query }: LiveKill,
  between: () => Promise<void>,
): Promise<void> {
  await Promise.all([etl ? world.killEtlWorker() : undefined, query ? world.killQueryWorker() : undefined]);
  await between();
  await Promise.all([etl ? world.startEtlWorker() : undefined, query ? world.startQueryWorker() : undefined]);
  if (etl) await world.cron();
}

/** Begins a sync and kills in the middle of it. */
export async function killInSync(world: World, kill: LiveKill): Promise<void> {
  // Refused where one runs already, which is as good.
  await world.etl.trigger().catch(() => undefined);
  await sleep(kill.afterMs);
  await killBeside(world, kill, async () => undefined);
}
