import type { RowQuery } from "./reference-rows.ts";
import { select } from "./select.ts";

type State = "missing" | "empty" | "present";

/** What the metadata of a whole answer must say about its days. */
export interface ExpectedDays {
  readonly missing_days: readonly string[];
  readonly empty_days: readonly string[];
  readonly storage_tiers: readonly string[];
  readonly row_groups_read: number;
  readonly row_groups_pruned: number;
}

interface DayFacts {
  readonly day: string;
  /** Of the day's file; null where there is no file, or hot has the day whole. */
  readonly archived: number | null;
  readonly is_hot: boolean;
  readonly whole: boolean | null;
  /** Of all points, by the day's row. */
  readonly hot_count: number | null;
  /** Of the query's points, in its range. */
  readonly hot: number;
}

const DAY_FACTS = `SELECT day, archived, is_hot, whole, hot_count, coalesce(hot, 0) AS hot
  FROM days LEFT JOIN (
    SELECT day, count(*) AS hot FROM hot
    WHERE ms >= $fromMs AND ms < $toMs AND list_contains($points, point) GROUP BY day
  ) USING (day)
  WHERE first_ms < $toMs AND first_ms + 86400000 > $fromMs ORDER BY day`;

/** Row groups of the days that are read from the archive, and those that their statistics don't exclude. */
const ROW_GROUPS = `SELECT count(*) AS all_groups, count(*) FILTER (first_ms < $toMs AND last_ms >= $fromMs
    AND len(list_filter($points, lambda point: point BETWEEN min_point AND max_point)) > 0) AS read
  FROM row_groups JOIN (
    SELECT day FROM days WHERE archived IS NOT NULL AND first_ms < $toMs AND first_ms + 86400000 > $fromMs
  ) USING (day)`;

export async function expectedDays({ points, fromMs, toMs }: RowQuery): Promise<ExpectedDays> {
  const range = { points, fromMs, toMs };
  const days = await select<DayFacts>(DAY_FACTS, range);
  const [groups] = await select<{ all_groups: number; read: number }>(ROW_GROUPS, range);
  const { all_groups = 0, read = 0 } = groups ?? {};
  const inState = (state: State) => days.filter((day) => stateOf(day) === state).map(({ day }) => day);
  const tiers = [
    ...(days.some(({ archived }) => archived !== null) ? ["cold"] : []),
    ...(days.some((day) => hotStateOf(day) !== "missing") ? ["hot"] : []),
  ];
  return {
    missing_days: inState("missing"),
    empty_days: inState("empty"),
    storage_tiers: tiers,
    row_groups_read: read,
    row_groups_pruned: all_groups - read,
  };
}

function stateOf(day: DayFacts): State {
  const cold: State = day.archived === null ? "missing" : day.archived === 0 ? "empty" : "present";
  const states = [cold, hotStateOf(day)];
  return states.includes("present") ? "present" : states.includes("empty") ? "empty" : "missing";
}

function hotStateOf({ is_hot, whole, hot_count, hot }: DayFacts): State {
  if (!is_hot) return "missing";
  return hot > 0 || (hot_count ?? 0) > 0 ? "present" : whole ? "empty" : "missing";
}
