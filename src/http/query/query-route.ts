import type { z } from "zod";
import { instant, QUERY_DAYS_MAX, utcDay } from "../../contract/query.ts";
import { DAY_MS, daysBetween, type EpochMs } from "../../domain/day.ts";
import type { Clock, Log } from "../../ports/ports.ts";
import type { QuerySources } from "../../query/tiers.ts";
import { type InputRules, type Route, type RouteDefinition, route, valid } from "../server/server.ts";

/** A request to the Query Worker. */
export interface QueryContext extends QuerySources {
  readonly request: Request;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** The Worker's version. */
  readonly version: string;
}

export const queryRoute = <S extends z.ZodObject>(
  definition: RouteDefinition<QueryContext, S>,
): Route<QueryContext> => route(definition);

/** The rules of `GET /timeseries/query`. */
export const queryRules: InputRules<QueryContext> = ({ start_time, end_time, agg, interval }) => [
  ...rangeFaults(valid(instant, start_time), valid(instant, end_time)),
  ...(agg !== undefined && (interval ?? "raw") === "raw" ? ["agg needs an interval other than raw"] : []),
];

/** The rules of `GET /timeseries/days`, whose range has both ends included. */
export const daysRules: InputRules<QueryContext> = (fields) => {
  const [from, to] = [valid(utcDay, fields.from), valid(utcDay, fields.to)];
  if (!from || !to) return [];
  if (from > to) return ["from must not be after to"];
  return daysBetween(from, to) >= QUERY_DAYS_MAX ? [`at most ${QUERY_DAYS_MAX} days are allowed`] : [];
};

function rangeFaults(fromMs: EpochMs | undefined, toMs: EpochMs | undefined): string[] {
  if (fromMs === undefined || toMs === undefined) return [];
  if (fromMs >= toMs) return ["start_time must be before end_time"];
  return toMs - fromMs > QUERY_DAYS_MAX * DAY_MS
    ? [`end_time must be at most ${QUERY_DAYS_MAX} days after start_time`]
    : [];
}
