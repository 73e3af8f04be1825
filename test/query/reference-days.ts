import { addDays, DAY_MS, dayStartMs, daysOf, type UtcDay, utcDayOf } from "../../src/domain/day.ts";
import { type Resolution, resolutionOf } from "../../src/domain/rollup.ts";
import { isOfHours, type RowQuery } from "./reference-rows.ts";
import type { TestRollup } from "./rollups.ts";
import { select } from "./select.ts";

type State = "missing" | "empty" | "present";

/** What the metadata of a whole answer must say about its days. */
export interface ExpectedDays {
  readonly missing_days: readonly string[];
  readonly empty_days: readonly string[];
  readonly storage_tiers: readonly string[];
  readonly days_from: { readonly rollup: number; readonly cold: number; readonly hot: number };
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

/** Row groups of the days that are read from their files, and those that their statistics don't exclude. */
const ROW_GROUPS = `SELECT count(*) AS all_groups, count(*) FILTER (first_ms < $toMs AND last_ms >= $fromMs
    AND len(list_filter($points, lambda point: point BETWEEN min_point AND max_point)) > 0) AS read
  FROM row_groups JOIN (
    SELECT day FROM days WHERE archived IS NOT NULL AND first_ms < $toMs AND first_ms + 86400000 > $fromMs
      AND NOT list_contains($rolledUp, day)
  ) USING (day)`;

/** The roll-ups of an archive, and the day from which on they are not used. */
export interface ReferenceRollups {
  readonly rollups: readonly TestRollup[];
  readonly boundary: string;
}

const NO_ROLLUPS: ReferenceRollups = { rollups: [], boundary: "" };

export async function expectedDays(query: RowQuery, stored = NO_ROLLUPS): Promise<ExpectedDays> {
  const { points, fromMs, toMs } = query;
  const range = { points, fromMs, toMs };
  const days = await select<DayFacts>(DAY_FACTS, range);
  const used = usedRollups(query, stored);
  const rolledUp = used.flatMap((rollup): readonly string[] => rollup.days);
  const [groups] = await select<{ all_groups: number; read: number }>(ROW_GROUPS, { ...range, rolledUp });
  const read = (groups?.read ?? 0) + sumOf(used, ({ read }) => read);
  const all = (groups?.all_groups ?? 0) + sumOf(used, ({ groups: own }) => own);
  const inState = (state: State) => days.filter((day) => stateOf(day) === state).map(({ day }) => day);
  const from = {
    rollup: rolledUp.length,
    cold: days.filter(({ day, archived }) => archived !== null && !rolledUp.includes(day)).length,
    hot: days.filter((day) => hotStateOf(day) !== "missing").length,
  };
  return {
    missing_days: inState("missing"),
    empty_days: inState("empty"),
    storage_tiers: (["cold", "hot", "rollup"] as const).filter((tier) => from[tier] > 0),
    days_from: from,
    row_groups_read: read,
    row_groups_pruned: all - read,
  };
}

/** What a query takes of a roll-up: days, and row groups. */
interface UsedRollup {
  /** The first day that it describes. */
  readonly first: UtcDay | undefined;
  readonly days: readonly UtcDay[];
  readonly read: number;
  readonly groups: number;
}

/** Hours where the interval has whole hours; then months of samples for the days that are left, run by run. */
function usedRollups(query: RowQuery, { rollups, boundary }: ReferenceRollups): UsedRollup[] {
  const all = daysOf(utcDayOf(query.fromMs), utcDayOf(query.toMs - 1)).filter((day) => day < boundary);
  const of = (resolution: Resolution) => rollups.filter(({ period }) => resolutionOf(period) === resolution);
  const hours = of("1hr").flatMap((rollup) => usedHours(query, rollup, all));
  const rest = all.filter((day) => !hours.some(({ days }) => days.includes(day)));
  const months = runsOf(rest, new Set(hours.map(({ first }) => first))).flatMap((run) =>
    of("raw").flatMap((rollup) => {
      const own = run.filter((day) => day.startsWith(rollup.period));
      return own.length < 2 ? [] : used(query, rollup, own);
    }),
  );
  return [...hours, ...months];
}

/** Consecutive days together; a run begins anew with the first day that a roll-up describes, even if it is not used. */
function runsOf(days: readonly UtcDay[], firsts: ReadonlySet<UtcDay | undefined>): UtcDay[][] {
  const runs: UtcDay[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run?.at(-1) === addDays(day, -1) && !firsts.has(day)) run.push(day);
    else runs.push([day]);
  }
  return runs;
}

function usedHours(query: RowQuery, rollup: TestRollup, days: readonly UtcDay[]): UsedRollup[] {
  const { points, fromMs, toMs, interval, agg } = query;
  if (interval === "raw" || !isOfHours(interval)) return [];
  const isUsable = (day: UtcDay) => {
    const startMs = dayStartMs(day);
    const [first, last] = [Math.max(fromMs, startMs), Math.min(toMs, startMs + DAY_MS)];
    return first % 3_600_000 === 0 && last % 3_600_000 === 0;
  };
  const needsSums = agg === undefined || agg === "avg" || agg === "sum";
  const isInfinite = (day: UtcDay) =>
    needsSums && rollup.infinite.some((sum) => sum.day === day && points.includes(sum.point));
  return used(query, rollup, days.filter(isUsable)).map((each) => ({
    ...each,
    days: each.days.filter((day) => !isInfinite(day)),
  }));
}

function used({ points }: RowQuery, { days, hasRows, groups }: TestRollup, usable: readonly UtcDay[]) {
  const held = usable.filter((day) => days.has(day));
  if (held.length === 0) return [];
  const hasAny = held.some((day) => hasRows.has(day));
  const isRead = ([first, last]: readonly [string, string]) =>
    points.some((point) => utf8(first, point) <= 0 && utf8(point, last) <= 0);
  return [
    { first: held[0], days: held, read: hasAny ? groups.filter(isRead).length : 0, groups: groups.length },
  ];
}

const utf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const sumOf = <T>(all: readonly T[], of: (one: T) => number) => all.reduce((sum, one) => sum + of(one), 0);

function stateOf(day: DayFacts): State {
  const cold: State = day.archived === null ? "missing" : day.archived === 0 ? "empty" : "present";
  const states = [cold, hotStateOf(day)];
  return states.includes("present") ? "present" : states.includes("empty") ? "empty" : "missing";
}

function hotStateOf({ is_hot, whole, hot_count, hot }: DayFacts): State {
  if (!is_hot) return "missing";
  return hot > 0 || (hot_count ?? 0) > 0 ? "present" : whole ? "empty" : "missing";
}
