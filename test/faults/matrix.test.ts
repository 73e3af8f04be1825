import { expect, test } from "vitest";
import { faultModesOf } from "../world/harness/fault-mode.ts";
import { mustEndAs, pairs, shareOf, singles } from "./matrix.ts";
import { parseSchedule, runSchedule, scheduleText } from "./schedule.ts";

/**
 * Every 163rd schedule runs here; `npm run test:faults` runs all. A prime, because effects have nine or twelve modes
 * each, and a multiple of three would select the same few modes.
 */
const ONE_IN = 163;
const PAIRS = 12;
const SEED = 11;

/** Due days take longer, and most of their effects are those of a job. */
const DUE_ONE_IN = 337;
const DUE_PAIRS = 5;

/** Short ones, whose effects are all of roll-ups. */
const ROLLUP_ONE_IN = 97;
const ROLLUP_PAIRS = 5;

/** The longest of them. */
const LIVE_ONE_IN = 331;
const LIVE_PAIRS = 3;

test("a job has the same result when an effect, or two effects, are broken in any way", async () => {
  const run = { subject: "job", seed: SEED } as const;
  const undisturbed = await runSchedule({ ...run, breaks: [] });
  expect(undisturbed.ending).toMatchObject({
    status: "completed success 6/6",
    shown: "completed",
    faults: [],
  });
  // Otherwise no pause and no delivery of an alert would be broken.
  for (const effect of [/gate\.pauseFor/, /receiver\.deliver/])
    expect(undisturbed.labels).toContainEqual(expect.stringMatching(effect));
  const chosen = [...shareOf(singles(run, undisturbed), 0, ONE_IN), ...pairs(run, undisturbed, PAIRS)];
  const modes = new Set(chosen.slice(0, -PAIRS).map(({ breaks: [single] }) => single?.mode));
  expect(modes).toEqual(new Set(faultModesOf("an effect elsewhere")));
  for (const schedule of chosen) await mustEndAs(undisturbed, schedule);
  console.log(`${chosen.length} fault schedules over ${undisturbed.labels.length} effects, seed ${SEED}`);
}, 300_000);

test("due days beside a job have the same result when an effect, or two effects, are broken in any way", async () => {
  const run = { subject: "due", seed: SEED } as const;
  const undisturbed = await runSchedule({ ...run, breaks: [] });
  expect(undisturbed.ending).toMatchObject({ status: "completed success 4/4", faults: [] });
  for (const effect of [/hot\.stopVouching/, /coordinator site_a\.report/, /site_a archive\.read/])
    expect(undisturbed.labels).toContainEqual(expect.stringMatching(effect));
  const chosen = [
    ...shareOf(singles(run, undisturbed), 0, DUE_ONE_IN),
    ...pairs(run, undisturbed, DUE_PAIRS),
  ];
  for (const schedule of chosen) await mustEndAs(undisturbed, schedule);
  console.log(`${chosen.length} fault schedules over ${undisturbed.labels.length} effects, seed ${SEED}`);
}, 300_000);

test("live data, an archived day and a roll-over have the same result when an effect, or two effects, are broken in any way", async () => {
  const run = { subject: "live", seed: SEED } as const;
  const undisturbed = await runSchedule({ ...run, breaks: [] });
  expect(undisturbed.ending).toMatchObject({ status: "completed success 2/2", faults: [] });
  const broken = undisturbed.breakable.map((nth) => undisturbed.labels[nth]);
  for (const effect of [/^sync site_a hot\./, /^sync site_a gate\./, /^site_a hot\.stopVouching/])
    expect(broken).toContainEqual(expect.stringMatching(effect));
  const chosen = [
    ...shareOf(singles(run, undisturbed), 0, LIVE_ONE_IN),
    ...pairs(run, undisturbed, LIVE_PAIRS),
  ];
  for (const schedule of chosen) await mustEndAs(undisturbed, schedule);
  console.log(`${chosen.length} fault schedules over ${undisturbed.labels.length} effects, seed ${SEED}`);
}, 300_000);

test("roll-ups have the same result when an effect, or two effects, are broken in any way", async () => {
  const run = { subject: "rollup", seed: SEED } as const;
  const undisturbed = await runSchedule({ ...run, breaks: [] });
  expect(undisturbed.ending).toMatchObject({ status: "completed success 1/1", faults: [] });
  const broken = undisturbed.breakable.map((nth) => undisturbed.labels[nth]);
  for (const effect of [/head rollups/, /publish rollups/, /read rollups/, /site_a archive.read timeseries/])
    expect(broken).toContainEqual(expect.stringMatching(effect));
  const chosen = [
    ...shareOf(singles(run, undisturbed), 0, ROLLUP_ONE_IN),
    ...pairs(run, undisturbed, ROLLUP_PAIRS),
  ];
  for (const schedule of chosen) await mustEndAs(undisturbed, schedule);
  console.log(`${chosen.length} fault schedules over ${undisturbed.labels.length} effects, seed ${SEED}`);
}, 300_000);

test("a schedule replays from its text, event by event", async () => {
  const schedule = parseSchedule("7: die after @ 120 + overtaken @ 301");
  expect(parseSchedule(scheduleText(schedule))).toEqual(schedule);
  const [once, again] = [await runSchedule(schedule), await runSchedule(schedule)];
  expect(again).toEqual(once);
});

test("an invalid schedule is refused", () => {
  expect(() => parseSchedule("die after @ 1")).toThrow(SyntaxError);
  expect(() => parseSchedule("1: die after 7")).toThrow(SyntaxError);
});
