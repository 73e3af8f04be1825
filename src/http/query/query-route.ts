import type { z } from "zod";
import {
  instant,
  interval as intervalSchema,
  LONG_QUERY_DAYS_MAX,
  QUERY_DAYS_MAX,
  utcDay,
} from "../../contract/query.ts";
import { DAY_MS, daysBetween, type EpochMs } from "../../domain/day.ts";
import { isHourOrLonger } from "../../domain/interval.ts";
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
  ...rangeFaults(valid(instant, start_time), valid(instant, end_time), valid(intervalSchema, interval)),
  ...(agg !== undefined && (interval ?? "raw") === "raw" ? ["agg needs an interval other than raw"] : []),
];

/** The rules of `GET /timeseries/days`, whose range has both ends included. */
export const daysRules: InputRules<QueryContext> = (fields) => {
  const [from, to] = [valid(utcDay, fields.from), valid(utcDay, fields.to)];
  if (!from || !to) return [];
  if (from > to) return ["from must not be after to"];
  return daysBetween(from, to) >= QUERY_DAYS_MAX ? [`at most ${QUERY_DAYS_MAX} days are allowed`] : [];
};

function rangeFaults(
  fromMs: EpochMs | undefined,
  toMs: EpochMs | undefined,
  interval: z.output<typeof intervalSchema> | undefined,
): string[] {
  if (fromMs === undefined || toMs === undefined) return [];
  if (fromMs >= toMs) return ["start_time must be before end_time"];
  // Of an invalid interval it is not known which range it may have.
  const isLong = interval === undefined || (interval !== "raw" && isHourOrLonger(interval));
  const daysMax = isLong ? LONG_QUERY_DAYS_MAX : QUERY_DAYS_MAX;
  if (toMs - fromMs <= daysMax * DAY_MS) return [];
  const longer = `; with an interval of an hour or longer it may be ${LONG_QUERY_DAYS_MAX} days`;
  return [`end_time must be at most ${daysMax} days after start_time${isLong ? "" : longer}`];
}
