import { ROWS_MAX } from "../../../src/contract/query.ts";
import { DAY_MS, dayStartMs, utcDayOf } from "../../../src/domain/day.ts";
import { FULL_SITE, FULL_YEAR_POINTS, spanOf, spread } from "../../data/data.ts";
import { COLD_DAYS, HOT_DAYS, HOT_POINTS, hotPoint } from "./worker-state.ts";

/** A request to the Query Worker. */
export interface Case {
  readonly title: string;
  readonly path?: string;
  readonly points: readonly string[];
  readonly days: number;
  readonly parameters: Readonly<Record<string, string>>;
}

export function hotCases(nowMs: number): Case[] {
  const today = dayStartMs(utcDayOf(nowMs));
  const ten = Array.from({ length: 10 }, (_, index) => hotPoint((index * 7) % HOT_POINTS));
  const first = ten.slice(0, 1);
  const latest = { site_name: FULL_SITE, point_names: ten.join(",") };
  return [
    { title: "1 point, yesterday", ...query(first, today - DAY_MS, 1) },
    { title: "1 point, the last 24 hours", ...query(first, nowMs - DAY_MS, 1) },
    { title: "10 points, yesterday", ...query(ten, today - DAY_MS, 1) },
    {
      title: `1 point, ${HOT_DAYS} days, 1hr avg`,
      ...query(first, today - HOT_DAYS * DAY_MS, HOT_DAYS, "1hr"),
    },
    { title: "latest of 10 points", path: "/timeseries/latest", points: ten, days: 1, parameters: latest },
  ];
}

export function coldCases(): Case[] {
  const { fromMs } = spanOf(FULL_SITE, 1);
  const points = (count: number) => spread(FULL_YEAR_POINTS, count);
  return [
    { title: "1 point, 1 day", ...query(points(1), fromMs, 1) },
    { title: "10 points, 1 day", ...query(points(10), fromMs, 1) },
    { title: `1 point, ${COLD_DAYS} days`, ...query(points(1), fromMs, COLD_DAYS) },
    { title: `20 points, ${COLD_DAYS} days, 1day avg`, ...query(points(20), fromMs, COLD_DAYS, "1day") },
  ];
}

function query(points: readonly string[], fromMs: number, days: number, interval = "raw") {
  const range = { start_time: String(fromMs), end_time: String(fromMs + days * DAY_MS) };
  const what = { site_name: FULL_SITE, point_names: points.join(","), interval, limit: String(ROWS_MAX) };
  return { points, days, parameters: { ...what, ...range } };
}
