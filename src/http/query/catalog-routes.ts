import * as wire from "../../contract/query.ts";
import type { EpochMs } from "../../domain/day.ts";
import { costOf } from "../../query/cost.ts";
import { newMeter, type Tier } from "../../query/source.ts";
import { configurationInvalid } from "../server/answer.ts";
import { queryFields } from "../server/input.ts";
import { judge } from "../server/judge.ts";
import type { QueryCall, QueryRoute } from "./query-call.ts";
import { FAULT_REPLIES } from "./query-faults.ts";
import { daysRules } from "./query-rules.ts";

export const points: QueryRoute = {
  name: "points",
  method: "GET",
  path: "/timeseries/points",
  access: "bearer",
  summary: "The points of a day, in order of name, with count, first and last time",
  query: wire.siteDayQuery,
  replies: { 200: { description: "The points", schema: wire.pointsAnswer }, ...FAULT_REPLIES },
  async handle({ request, holdings, clock }) {
    const judged = judge(queryFields(request), wire.siteDayQuery);
    if ("refused" in judged) return judged.refused;
    const { site_name, date } = judged.value;
    const spent = spending(clock);
    const { state, tiers, points: held } = await holdings.points(site_name, date, spent.meter);
    const body: wire.PointsAnswer = {
      site_name,
      date,
      state,
      points: held.map(({ point, samples, firstMs, lastMs }) => ({
        point_name: point,
        count: samples,
        first_timestamp: iso(firstMs),
        last_timestamp: iso(lastMs),
      })),
      metadata: { total_points: held.length, ...spent.cost(tiers) },
    };
    return { status: 200, body };
  },
};

export const days: QueryRoute = {
  name: "days",
  method: "GET",
  path: "/timeseries/days",
  access: "bearer",
  summary: `What is held of each day of a range, both ends included; at most ${wire.QUERY_DAYS_MAX} days`,
  query: wire.daysQuery,
  replies: { 200: { description: "The days", schema: wire.daysAnswer }, ...FAULT_REPLIES },
  async handle({ request, holdings, clock }) {
    const judged = judge(queryFields(request), wire.daysQuery, daysRules);
    if ("refused" in judged) return judged.refused;
    const { site_name, from, to } = judged.value;
    const spent = spending(clock);
    const held = await holdings.heldDays(site_name, from, to, spent.meter);
    const body: wire.DaysAnswer = {
      site_name,
      from,
      to,
      days: held.map(({ day, state, tiers, samples }) => ({
        date: day,
        state,
        storage_tiers: [...tiers],
        samples: samples ?? null,
      })),
      metadata: spent.cost(held.flatMap(({ tiers }) => tiers)),
    };
    return { status: 200, body };
  },
};

export const latest: QueryRoute = {
  name: "latest",
  method: "GET",
  path: "/timeseries/latest",
  access: "bearer",
  summary: `The newest sample of each of up to ${wire.QUERY_POINTS_MAX} points`,
  query: wire.latestQuery,
  replies: { 200: { description: "The samples", schema: wire.latestAnswer }, ...FAULT_REPLIES },
  async handle({ request, holdings, clock }) {
    const judged = judge(queryFields(request, ["point_names"]), wire.latestQuery);
    if ("refused" in judged) return judged.refused;
    const { site_name, point_names } = judged.value;
    const spent = spending(clock);
    const found = await holdings.latest(site_name, point_names, spent.meter);
    const samples = point_names.flatMap((point_name, index) => {
      const sample = found.samples[index];
      return sample ? [{ point_name, timestamp: iso(sample.ms), value: sample.value }] : [];
    });
    const body: wire.LatestAnswer = {
      site_name,
      point_names,
      samples,
      missing_points: point_names.filter((_, index) => found.samples[index] === undefined),
      searched_from: iso(found.searchedFromMs),
      metadata: { total_samples: samples.length, ...spent.cost(found.tiers) },
    };
    return { status: 200, body };
  },
};

export const health: QueryRoute = {
  name: "health",
  method: "GET",
  path: "/health",
  access: "public",
  summary: "Whether the Worker runs and is configured; reads nothing",
  replies: { 200: { description: "It does", schema: wire.health } },
  async handle({ secretFaults, version }) {
    if (secretFaults.length > 0) return configurationInvalid(secretFaults);
    const body: wire.Health = { status: "ok", service: "Building Vitals Query Worker", version };
    return { status: 200, body };
  },
};

function spending(clock: QueryCall["clock"]) {
  const [meter, beganMs] = [newMeter(), clock.now()];
  return { meter, cost: (tiers: Iterable<Tier>) => costOf(tiers, meter, clock.now() - beganMs) };
}

const iso = (ms: EpochMs) => new Date(ms).toISOString();
