import { QUERY_DAYS_MAX } from "../../contract/query.ts";
import { DAY_MS, daysBetween, type EpochMs } from "../../domain/day.ts";
import { parseInstant } from "../../domain/instant.ts";
import type { Rules } from "../server/judge.ts";
import { dayIn } from "../server/rules.ts";

/** What the schema of `GET /timeseries/query` can't know. Fields it refuses are left to it. */
export const queryRules: Rules = (fields) => [
  ...rangeFaults(instantIn(fields.start_time), instantIn(fields.end_time)),
  ...(fields.agg !== undefined && (fields.interval ?? "raw") === "raw"
    ? ["agg needs an interval other than raw"]
    : []),
];

/** What the schema of `GET /timeseries/days` can't know; both dates are included. */
export const daysRules: Rules = (fields) => {
  const [from, to] = [dayIn(fields.from), dayIn(fields.to)];
  if (!from || !to) return [];
  if (from > to) return ["from must not lie after to"];
  return daysBetween(from, to) >= QUERY_DAYS_MAX ? [`at most ${QUERY_DAYS_MAX} days are allowed`] : [];
};

function rangeFaults(fromMs: EpochMs | undefined, toMs: EpochMs | undefined): string[] {
  if (fromMs === undefined || toMs === undefined) return [];
  if (fromMs >= toMs) return ["start_time must lie before end_time"];
  return toMs - fromMs > QUERY_DAYS_MAX * DAY_MS
    ? [`end_time must not lie more than ${QUERY_DAYS_MAX} days behind start_time`]
    : [];
}

function instantIn(field: unknown): EpochMs | undefined {
  const ms = typeof field === "string" ? parseInstant(field) : undefined;
  return typeof ms === "number" ? ms : undefined;
}
