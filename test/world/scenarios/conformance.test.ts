import { describe } from "vitest";
import type { Archive } from "../../../src/ports/archive.ts";
import { archiveConformance } from "../../conformance/archive.ts";
import { storeConformance } from "../../conformance/store.ts";
import { Chance } from "../harness/chance.ts";
import { Effects } from "../harness/effects.ts";
import { Incarnation } from "../harness/incarnation.ts";
import { Scheduler } from "../harness/scheduler.ts";
import { SqliteDatabase } from "../harness/sqlite-store.ts";
import { WorldArchive } from "../harness/world-archive.ts";

/** A world of a single object, which steps until `body` has ended. */
async function alone(
  body: (incarnation: Incarnation, scheduler: Scheduler, effects: Effects) => Promise<void>,
): Promise<void> {
  const chance = new Chance(1);
  const scheduler = new Scheduler(Date.UTC(2024, 0, 1), chance);
  const effects = new Effects(scheduler, chance, 5);
  const incarnation = new Incarnation("site_a", () => undefined);
  let over = false;
  const done = body(incarnation, scheduler, effects).finally(() => {
    over = true;
  });
  done.catch(() => undefined);
  await scheduler.settle();
  while (!over && (await scheduler.step(Number.MAX_SAFE_INTEGER))) await scheduler.settle();
  await done;
}

describe("the world's SQLite as Store", () => {
  storeConformance((body) =>
    alone((incarnation, scheduler, effects) =>
      body(new SqliteDatabase().storeOf(incarnation, effects, scheduler)),
    ),
  );
});

describe("the world's archive as Archive", () => {
  archiveConformance((body) =>
    alone((incarnation, scheduler, effects) => {
      const archive: Archive = new WorldArchive(scheduler, effects).portOf(incarnation);
      return body(archive);
    }),
  );
});
