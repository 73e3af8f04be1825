import { mix, seedOf, shuffled } from "../chance.ts";
import type { DayPlan } from "./building-options.ts";
import { momentAt, oddToken, valueToken } from "./signals.ts";
import { singleRowsDay } from "./single-rows.ts";
import type { DayTable } from "./site-data.ts";

/**
 * A day of the shape `scattered`: every row has its own timestamp. In each round of as many rows as there are points
 * every point reports once, in an order of the round's own.
 */
export function scatteredDay(plan: DayPlan): DayTable {
  const { day, points, seed, options } = plan;
  const daySeed = seedOf(day, seed);
  const oddBelow = options.oddShare * 2 ** 32;
  // Rows are drawn one after another, so that the order of one round is enough.
  let round = -1;
  let order: Uint32Array = new Uint32Array(0);
  return singleRowsDay(plan, daySeed, {
    pointOf(row) {
      const roundOfRow = Math.floor(row / points.length);
      if (roundOfRow !== round) {
        round = roundOfRow;
        order = shuffled(points.length, mix(daySeed, round));
      }
      return order[row % points.length] ?? 0;
    },
    tokenOf(_, point, micros, isRepeat) {
      const own = mix(seed, point);
      const moment = momentAt(micros, seed);
      const jitter = mix(own ^ moment.salt, isRepeat ? 1 : 0);
      return jitter < oddBelow
        ? oddToken(jitter)
        : valueToken(points[point]?.signal ?? "tenths", own, moment, jitter);
    },
  });
}
