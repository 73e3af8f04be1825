import { describe } from "vitest";
import type { Archive } from "../../src/ports/archive.ts";
import { archiveConformance } from "../conformance/archive.ts";
import { storeConformance } from "../conformance/store.ts";
import { Chance } from "./chance.ts";
import { Effects } from "./effects.ts";
import { Life } from "./life.ts";
import { Scheduler } from "./scheduler.ts";
import { SqliteDatabase } from "./sqlite-store.ts";
import { WorldArchive } from "./world-archive.ts";

/** A world of one object, that steps until `body` is through. */
async function alone(
  body: (life: Life, scheduler: Scheduler, effects: Effects) => Promise<void>,
): Promise<void> {
  const chance = new Chance(1);
  const scheduler = new Scheduler(Date.UTC(2024, 0, 1), chance);
  const effects = new Effects(scheduler, chance, 5);
  const life = new Life("site_a", () => undefined);
  let over = false;
  const done = body(life, scheduler, effects).finally(() => {
    over = true;
  });
  done.catch(() => undefined);
  await scheduler.settle();
  while (!over && (await scheduler.step(Number.MAX_SAFE_INTEGER))) await scheduler.settle();
  await done;
}

describe("the world's SQLite as Store", () => {
  storeConformance((body) =>
    alone((life, scheduler, effects) => body(new SqliteDatabase().storeOf(life, effects, scheduler))),
  );
});

describe("the world's archive as Archive", () => {
  archiveConformance((body) =>
    alone((life, scheduler, effects) => {
      const archive: Archive = new WorldArchive(scheduler, effects).portOf(life);
      return body(archive);
    }),
  );
});
