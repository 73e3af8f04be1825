import type { Cost, Interval } from "../src/contract/query.ts";
import { DAY_MS } from "../src/domain/day.ts";
import { whole } from "./figures.ts";

type Parameter = readonly [name: string, value: string];

/** The points of a query. A lone one is named twice, for then a comma in it is its own. */
export function namedPoints(points: readonly string[]): Parameter[] {
  const [only = ""] = points;
  const named = points.length === 1 ? [only, only] : points;
  return named.map((point) => ["point_names", point]);
}

const FINEST = { interval: "5min", widthMs: 300_000 } as const;
const WIDTHS: readonly { readonly interval: Interval; readonly widthMs: number }[] = [
  { interval: "1day", widthMs: DAY_MS },
  { interval: "1hr", widthMs: 3_600_000 },
  { interval: "15min", widthMs: 900_000 },
  FINEST,
];

/** As coarse as still fills every column of dots, two to a cell of the terminal; finer ones would leave gaps. */
export function drawableInterval(lengthMs: number, columns: number) {
  return WIDTHS.find(({ widthMs }) => lengthMs / widthMs >= 2 * columns) ?? FINEST;
}

/** What an answer cost, behind how many it gave. */
export function costLine(cost: Cost): string {
  const groups = cost.row_groups_read + cost.row_groups_pruned;
  return (
    `in ${whole(cost.query_time_ms)} ms: ${whole(cost.r2_requests)} requests to R2, ` +
    `${whole(cost.bytes_read / 1024)} KB, ${whole(cost.row_groups_read)} of ${whole(groups)} row groups read`
  );
}
