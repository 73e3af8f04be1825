import { expect, test } from "vitest";
import type { Fate } from "./effects.ts";
import { endingWith, type Subject } from "./fault-loop.ts";

const FATES: readonly Fate[] = [
  "fail before",
  "effect, then fail",
  "die before",
  "die after",
  "late",
  "hang",
];
/** Set to run every fate of every effect of both jobs, with another seed than the usual. */
const SEED = Number(process.env.WORLD_SEED ?? 11);
const WHOLE = process.env.WORLD_SEED !== undefined;
const nthFate = (nth: number) => FATES.slice(nth % FATES.length).slice(0, 1);

const ONE_SITE: Subject = { options: {}, from: "2024-01-01", to: "2024-01-02" };
const TWO_SITES: Subject = {
  options: { sites: ["site_a", "site_b"], config: { pageSize: 50 } },
  from: "2024-01-01",
  to: "2024-01-01",
};

test("breaking any single effect of a small job changes nothing of how it ends", async () => {
  // Late and never cost the most time, and take turns.
  const slow = (nth: number) => FATES.slice(4 + (nth % 2)).slice(0, 1);
  await breakEach(ONE_SITE, (nth) => (WHOLE ? FATES : [...FATES.slice(0, 4), ...slow(nth)]));
}, 240_000);

test("breaking an effect of two sites at once changes nothing of how they end", async () => {
  // Every other effect by one fate, in turn: the job above has them all.
  await breakEach(TWO_SITES, (nth) => (WHOLE ? FATES : nth % 2 === 0 ? nthFate(nth / 2) : []));
}, 240_000);

async function breakEach(subject: Subject, fatesOf: (nth: number) => readonly Fate[]): Promise<void> {
  const unharmed = await endingWith(subject, SEED, -1, "late");
  let schedules = 0;
  for (let nth = 0; nth < unharmed.effects; nth++) {
    for (const fate of fatesOf(nth)) {
      const { ending, label } = await endingWith(subject, SEED, nth, fate);
      expect(ending, `seed ${SEED}, effect ${nth} (${label}), ${fate}`).toEqual(unharmed.ending);
      schedules += 1;
    }
  }
  console.log(`${schedules} fault schedules over ${unharmed.effects} effects, seed ${SEED}`);
}
