import fc from "fast-check";
import { expect, test } from "vitest";
import { advancePace, type Observation, type Pace, ratesOf, WINDOW_MS } from "./pace.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;

/** A run that ends a day of 1,000 samples every `secondsPerDay` of work, observed every 10 s. */
class Run {
  pace: Pace | undefined;
  at = 0;
  #worked = 0;

  readonly #secondsPerDay: number;

  constructor(secondsPerDay: number) {
    this.#secondsPerDay = secondsPerDay;
  }

  observe(seconds: number, working = true): void {
    for (let passed = 0; passed < seconds; passed += 10) {
      this.pace = advancePace(this.pace, this.#now(working));
      this.at += 10 * SECOND;
      if (working) this.#worked += 10;
    }
    this.pace = advancePace(this.pace, this.#now(working));
  }

  /** Nobody looks. */
  away(ms: number): void {
    this.at += ms;
  }

  get daysPerHour(): number | undefined {
    const rates = ratesOf(this.pace);
    return rates && Math.round(rates.daysPerMs * HOUR * 10) / 10;
  }

  #now(working: boolean): Observation {
    const days = Math.floor(this.#worked / this.#secondsPerDay);
    return { at: this.at, days, samples: days * 1_000, working };
  }
}

test("there is no rate before the first day has ended", () => {
  const run = new Run(90);
  run.observe(80);
  expect(run.daysPerHour).toBeUndefined();
  run.observe(10);
  expect(run.daysPerHour).toBe(40);
});

test("a pause, an outage and a time in which nobody looked are no time of work", () => {
  for (const rest of [
    (run: Run) => run.observe(2 * 3_600, false),
    (run: Run) => run.away(9 * HOUR),
    (run: Run) => run.away(-HOUR),
  ]) {
    const run = new Run(90);
    run.observe(900);
    const before = run.daysPerHour;
    rest(run);
    expect(run.daysPerHour).toBe(before);
    run.observe(90);
    // With a day more or less in the window.
    expect(run.daysPerHour).toBeGreaterThan(34);
    expect(run.daysPerHour).toBeLessThan(46);
  }
});

test("the rate is that of the last ten minutes of work", () => {
  const run = new Run(60);
  run.observe(3_600);
  let { at, days, samples } = run.pace?.last ?? { at: 0, days: 0, samples: 0 };
  let pace = run.pace;
  // Suddenly a day takes 20 s.
  for (let step = 0; step < WINDOW_MS / SECOND / 10 + 6; step++) {
    at += 10 * SECOND;
    days += 0.5;
    samples += 500;
    pace = advancePace(pace, { at, days, samples, working: true });
  }
  expect((ratesOf(pace)?.daysPerMs ?? 0) * HOUR).toBeCloseTo(180, 0);
});

test("days that take longer than the window still have a rate, and it is steady", () => {
  const run = new Run(2_400);
  run.observe(2_400 * 3);
  for (let step = 0; step < 60; step++) {
    run.observe(600);
    expect(run.daysPerHour).toBeGreaterThan(1.1);
    expect(run.daysPerHour).toBeLessThan(1.6);
  }
});

test("an observer that begins in the middle of a day counts from the next one's beginning", () => {
  const at = (seconds: number, days: number): Observation => ({
    at: seconds * SECOND,
    days,
    samples: days,
    working: true,
  });
  let pace = advancePace(undefined, at(0, 7));
  pace = advancePace(pace, at(10, 8));
  expect(ratesOf(pace)).toBeUndefined();
  pace = advancePace(pace, at(110, 9));
  expect((ratesOf(pace)?.daysPerMs ?? 0) * HOUR).toBeCloseTo(36);
});

test("counts that fall are those of a new run", () => {
  const run = new Run(90);
  run.observe(900);
  const pace = advancePace(run.pace, { at: run.at, days: 0, samples: 0, working: true });
  expect(ratesOf(pace)).toBeUndefined();
  expect(pace.marks).toHaveLength(1);
});

test("whatever is observed, the state is bounded and no rate is negative or infinite", () => {
  const step = fc.record({
    ms: fc.integer({ min: -1_000, max: 300_000 }),
    days: fc.integer({ min: -1, max: 3 }),
    working: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      let pace: Pace | undefined;
      let [at, days] = [0, 0];
      for (const { ms, days: more, working } of steps) {
        at += ms;
        days = Math.max(0, days + more);
        pace = advancePace(pace, { at, days, samples: days * 10, working });
        expect(pace.marks.length).toBeLessThanOrEqual(41);
        const rate = ratesOf(pace)?.daysPerMs ?? 1;
        expect(rate > 0 && Number.isFinite(rate)).toBe(true);
      }
    }),
  );
});
