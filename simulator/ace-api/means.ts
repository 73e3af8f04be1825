import type { Burst, DayTable, JsonToken } from "../building/building.ts";

const INTERVAL_MICROS = 5 * 60 * 1_000_000;
/** A page ends inside at most one interval, and the next page begins there. */
const INTERVALS_KEPT = 4;

/** The rows of a day with `raw_data=false`: the mean of each point's numbers in each five minutes. */
export function fiveMinuteMeans(table: DayTable): DayTable {
  const intervals = [...Map.groupBy(table.micros.keys(), (burst) => intervalOf(table.micros[burst] ?? 0))];
  const kept = new Map<number, Burst>();
  const draw = (index: number): Burst => {
    const means = kept.get(index) ?? meansOf(table, intervals[index]?.[1] ?? []);
    kept.set(index, means);
    const oldest = kept.keys().next().value;
    if (kept.size > INTERVALS_KEPT && oldest !== undefined) kept.delete(oldest);
    return means;
  };
  return {
    day: table.day,
    micros: Float64Array.from(intervals, ([interval]) => interval * INTERVAL_MICROS),
    rowsIn: (index) => draw(index).tokens.length,
    draw,
  };
}

const intervalOf = (micros: number) => Math.floor(micros / INTERVAL_MICROS);

function meansOf(table: DayTable, bursts: readonly number[]): Burst {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const burst of bursts) {
    const { points, tokens } = table.draw(burst);
    for (let row = 0; row < tokens.length; row++) {
      const value = numberIn(tokens[row] ?? "null");
      if (value === undefined) continue;
      const point = points[row] ?? 0;
      const total = sums.get(point);
      if (total) {
        total.sum += value;
        total.count++;
      } else sums.set(point, { sum: value, count: 1 });
    }
  }
  return {
    points: Uint32Array.from(sums.keys()),
    tokens: Array.from(sums.values(), ({ sum, count }) => `"${sum / count}"`),
  };
}

const NUMBER = /^"?([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"?$/;

function numberIn(token: JsonToken): number | undefined {
  const text = NUMBER.exec(token)?.[1];
  return text === undefined ? undefined : Number(text);
}
