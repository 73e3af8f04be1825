import { chance, mix, seedOf } from "../chance.ts";
import type { DayPlan } from "./building-options.ts";
import { oddToken } from "./signals.ts";
import { singleRowsDay } from "./single-rows.ts";
import type { DayTable } from "./site-data.ts";

/**
 * A day of the shape `changes`, as controllers report changes of value: every point once as the day begins, as after a
 * renewed subscription; then few points often and most seldom, by Zipf's law: point n about n times as seldom as the
 * first. Values are float32 numbers that share no digits.
 */
export function changesDay(plan: DayPlan): DayTable {
  const { day, points, seed, options } = plan;
  const daySeed = seedOf(day, seed);
  const oddBelow = options.oddShare * 2 ** 32;
  return singleRowsDay(plan, daySeed, {
    pointOf(row) {
      if (row < points.length) return row;
      // The logarithm of Zipf's ranks is uniform.
      return Math.floor((points.length + 1) ** chance(daySeed ^ 0x21f, row)) - 1;
    },
    tokenOf(row, point) {
      const noise = mix(daySeed ^ 0xf32, row);
      if (mix(noise, 1) < oddBelow) return oddToken(noise);
      const base = (mix(seed, point) & 1023) / 8;
      return `"${Math.fround(base + (100 * noise) / 2 ** 32)}"`;
    },
  });
}
