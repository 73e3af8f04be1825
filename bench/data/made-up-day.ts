import { REFERENCE_DAY } from "../../simulator/building/building.ts";
import { RUN_SAMPLES } from "../../src/domain/limits.ts";
import type { SampleColumns } from "../../src/domain/samples.ts";
import { randomOf } from "./random.ts";

const DAY_MICROS = 86_400_000_000;

export interface MadeUpDay {
  readonly samples: number;
  readonly points: number;
  readonly dayStartMs: number;
  /** Every other point reports up to this many milliseconds late, which makes its timestamps irregular. */
  readonly lateMs?: number;
  readonly seed?: number;
}

export const madeUpNames = (points: number) =>
  Array.from(
    { length: points },
    (_, id) =>
      `ses_falls_city/floor_${1 + (id % 9)}/vav_${String(id).padStart(5, "0")}/present_value_of_zone`,
  ).sort();

/** A full day of the reference site. */
export const REFERENCE_NAMES = madeUpNames(REFERENCE_DAY.pointsPerSite);
export const REFERENCE_SAMPLES = REFERENCE_DAY.samplesPerDay;

/** Yields the day in order of time, in runs: every point reports once per interval, at its own phase. */
export function* madeUpRuns(day: MadeUpDay): Generator<SampleColumns> {
  const random = randomOf(day.seed ?? 12345);
  const kinds = pointKinds(random);
  const interval = (DAY_MICROS * day.points) / day.samples;
  const phase = Array.from({ length: day.points }, () => Math.floor(random() * 1_000_000));
  const last = Array.from({ length: day.points }, () => 20);
  let run = emptyRun();
  for (let made = 0; made < day.samples; made++) {
    const point = made % day.points;
    const late = point % 2 === 0 ? 0 : Math.floor(random() * (day.lateMs ?? 0) * 1000);
    const at = Math.floor(Math.floor(made / day.points) * interval) + (phase[point] as number) + late;
    run.point[run.length] = point;
    run.micros[run.length] = day.dayStartMs * 1000 + Math.min(at, DAY_MICROS - 1);
    const value = (kinds[point % kinds.length] as (last: number) => number)(last[point] as number);
    last[point] = value;
    run.value[run.length++] = value;
    if (run.length === RUN_SAMPLES) {
      yield run;
      run = emptyRun();
    }
  }
  yield run;
}

/** The kinds of points, a tenth of all points each: the next value of a point from its last value. */
export const pointKinds = (random: () => number): ((last: number) => number)[] => [
  (last) => Math.round((last + (random() - 0.5) * 0.6) * 10) / 10, // a temperature
  (last) => (random() < 0.01 ? 18 + Math.floor(random() * 8) : last), // a setpoint
  () => Math.fround(random() * 100), // float32 noise
  (last) => (random() < 0.05 ? 1 - Math.sign(last) : Math.sign(last)), // a state
  (last) => last + Math.floor(random() * 5), // a counter
  (last) => Math.round((last + (random() - 0.5) * 0.4) * 100) / 100, // a flow
  (last) => Math.min(100, Math.max(0, Math.round(last + (random() - 0.5) * 4))), // a valve in percent
  (last) => (random() < 0.3 ? Math.round(random() * 1000) / 10 : last), // change of value
  () => 72, // a constant
  (last) => Math.fround(last + (random() - 0.5)), // a float32 walk
];

function emptyRun() {
  return {
    length: 0,
    point: new Uint32Array(RUN_SAMPLES),
    micros: new Float64Array(RUN_SAMPLES),
    value: new Float64Array(RUN_SAMPLES),
  };
}
