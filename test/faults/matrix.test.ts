import { expect, test } from "vitest";
import { faultModesOf } from "../world/harness/fault-mode.ts";
import { mustEndAs, pairs, shareOf, singles } from "./matrix.ts";
import { parseSchedule, runSchedule, scheduleText } from "./schedule.ts";

/**
 * One schedule in so many; `npm run test:faults` runs them all. A prime: effects have nine or twelve fates each, and a
 * multiple of three would meet the same few of them again and again.
 */
const ONE_IN = 37;
const PAIRS = 40;
const SEED = 11;

test("an effect that is broken in any way changes nothing of how the job ends, nor do two", async () => {
  const unharmed = await runSchedule({ seed: SEED, breaks: [] });
  expect(unharmed.ending).toMatchObject({ status: "completed success 6/6", shown: "completed", faults: [] });
  // Else nothing of a pause, nor of what an alert's receiver is told, would be broken.
  for (const effect of [/gate\.pauseFor/, /receiver\.deliver/])
    expect(unharmed.labels).toContainEqual(expect.stringMatching(effect));
  const chosen = [
    ...shareOf(singles(SEED, unharmed.labels), 0, ONE_IN),
    ...pairs(SEED, unharmed.labels, PAIRS),
  ];
  const fates = new Set(chosen.slice(0, -PAIRS).map(({ breaks: [one] }) => one?.mode));
  expect(fates).toEqual(new Set(faultModesOf("an effect elsewhere")));
  for (const schedule of chosen) await mustEndAs(unharmed, schedule);
  console.log(`${chosen.length} fault schedules over ${unharmed.labels.length} effects, seed ${SEED}`);
}, 300_000);

test("a schedule replays from its text, event by event", async () => {
  const schedule = parseSchedule("7: die after @ 120 + overtaken @ 301");
  expect(parseSchedule(scheduleText(schedule))).toEqual(schedule);
  const [once, again] = [await runSchedule(schedule), await runSchedule(schedule)];
  expect(again).toEqual(once);
});

test("a schedule that is none is refused", () => {
  expect(() => parseSchedule("die after @ 1")).toThrow(SyntaxError);
  expect(() => parseSchedule("1: die after 7")).toThrow(SyntaxError);
});
