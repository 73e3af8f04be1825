import { select } from "./reference.ts";
import type { Question } from "./reference-rows.ts";

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

const FACTS = `SELECT strftime(midnight, '%Y-%m-%d') AS day, files.samples AS archived, strftime(midnight, '%Y-%m-%d') >= $boundary AS is_hot,
    held.whole AS whole, held.samples AS held,
    (SELECT count(*) FROM hot WHERE hot.day = strftime(midnight, '%Y-%m-%d') AND ms >= $fromMs AND ms < $toMs
      AND list_contains($points, point)) AS hot
  FROM (SELECT unnest(generate_series(make_timestamp_ms($fromMs)::DATE, make_timestamp_ms($toMs - 1)::DATE,
    INTERVAL 1 DAY)) AS midnight)
  LEFT JOIN (FROM files SEMI JOIN asked_of_cold USING (day)) AS files ON files.day = strftime(midnight, '%Y-%m-%d')
  LEFT JOIN held ON held.day = strftime(midnight, '%Y-%m-%d')
  ORDER BY midnight`;

/** Row groups of the days that are asked of the archive, and those that its statistics can't rule out. */
const ROW_GROUPS = `SELECT count(*) AS all_groups, count(*) FILTER (first_ms < $toMs AND last_ms >= $fromMs
    AND EXISTS (FROM (SELECT unnest($points) AS point) WHERE point BETWEEN min_point AND max_point)) AS read
  FROM row_groups SEMI JOIN asked_of_cold USING (day)
  WHERE day BETWEEN strftime(make_timestamp_ms($fromMs), '%Y-%m-%d')
    AND strftime(make_timestamp_ms($toMs - 1), '%Y-%m-%d')`;

export async function expectedDays(
  { points, fromMs, toMs }: Question,
  boundary: string,
): Promise<ExpectedDays> {
  const range = { points, fromMs, toMs };
  const days = await select<DayFacts>(FACTS, { ...range, boundary });
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
