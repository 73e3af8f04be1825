import type { Question } from "./reference-rows.ts";
import { select } from "./select.ts";

type State = "missing" | "empty" | "present";

/** What the metadata of a whole answer have to say of its days. */
export interface ExpectedDays {
  readonly missing_days: readonly string[];
  readonly empty_days: readonly string[];
  readonly storage_tiers: readonly string[];
  readonly row_groups_read: number;
  readonly row_groups_pruned: number;
}

interface DayFacts {
  readonly day: string;
  /** In its file; null where there is none, or hot has the day whole. */
  readonly archived: number | null;
  readonly is_hot: boolean;
  readonly whole: boolean | null;
  /** Of all points, by the row of the day. */
  readonly held: number | null;
  /** Of the points asked, in the range. */
  readonly hot: number;
}

const FACTS = `SELECT day, archived, is_hot, whole, held, coalesce(hot, 0) AS hot
  FROM days LEFT JOIN (
    SELECT day, count(*) AS hot FROM hot
    WHERE ms >= $fromMs AND ms < $toMs AND list_contains($points, point) GROUP BY day
  ) USING (day)
  WHERE first_ms < $toMs AND first_ms + 86400000 > $fromMs ORDER BY day`;

/** Row groups of the days that are asked of the archive, and those that its statistics can't rule out. */
const ROW_GROUPS = `SELECT count(*) AS all_groups, count(*) FILTER (first_ms < $toMs AND last_ms >= $fromMs
    AND len(list_filter($points, lambda point: point BETWEEN min_point AND max_point)) > 0) AS read
  FROM row_groups JOIN (
    SELECT day FROM days WHERE archived IS NOT NULL AND first_ms < $toMs AND first_ms + 86400000 > $fromMs
  ) USING (day)`;

export async function expectedDays({ points, fromMs, toMs }: Question): Promise<ExpectedDays> {
  const range = { points, fromMs, toMs };
  const days = await select<DayFacts>(FACTS, range);
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

function hotStateOf({ is_hot, whole, held, hot }: DayFacts): State {
  if (!is_hot) return "missing";
  return hot > 0 || (held ?? 0) > 0 ? "present" : whole ? "empty" : "missing";
}
