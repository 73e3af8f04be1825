import * as wire from "../../contract/query.ts";
import type { EpochMs } from "../../domain/day.ts";
import type { Route } from "../server/server.ts";
import { describedPoints } from "./point-meaning.ts";
import { FAULT_RESPONSES } from "./query-faults.ts";
import { daysRules, type QueryContext, queryRoute } from "./query-route.ts";
import { iso, newSpending } from "./spending.ts";

export const sites = queryRoute({
  name: "sites",
  method: "GET",
  path: "/timeseries/sites",
  summary: "The sites that have a file of a day in the archive",
  input: { query: wire.sitesQuery },
  responses: { 200: { description: "The sites", schema: wire.sitesAnswer }, ...FAULT_RESPONSES },
  async handle({ catalog, clock }, { date }) {
    const spent = newSpending(clock);
    const found = await catalog.sites(date, spent.meter);
    const body: wire.SitesAnswer = {
      date,
      sites: [...found],
      metadata: spent.cost(found.length > 0 ? ["cold"] : []),
    };
    return { status: 200, body };
  },
});

export const days = queryRoute({
  name: "days",
  method: "GET",
  path: "/timeseries/days",
  summary: `Which days of a range have samples, both ends included; at most ${wire.QUERY_DAYS_MAX} days`,
  input: { query: wire.daysQuery },
  rules: daysRules,
  responses: { 200: { description: "The days", schema: wire.daysAnswer }, ...FAULT_RESPONSES },
  async handle({ catalog, clock }, { site_name, from, to }) {
    const spent = newSpending(clock);
    const found = await catalog.availability(site_name, from, to, spent.meter);
    const body: wire.DaysAnswer = {
      site_name,
      from,
      to,
      days: found.map(({ day, state, tiers, samples }) => ({
        date: day,
        state,
        storage_tiers: [...tiers],
        samples: samples ?? null,
      })),
      metadata: spent.cost(found.flatMap(({ tiers }) => tiers)),
    };
    return { status: 200, body };
  },
});

export const latest = queryRoute({
  name: "latest",
  method: "GET",
  path: "/timeseries/latest",
  summary: `The newest sample of each of up to ${wire.QUERY_POINTS_MAX} points`,
  input: { query: wire.latestQuery, lists: ["point_names"] },
  responses: { 200: { description: "The samples", schema: wire.latestAnswer }, ...FAULT_RESPONSES },
  async handle({ catalog, clock }, { site_name, point_names, time }) {
    const spent = newSpending(clock);
    const timestampOf = (ms: EpochMs) => (time === "ms" ? ms : iso(ms));
    const [found, { rows }] = await Promise.all([
      catalog.latest(site_name, point_names, spent.meter),
      describedPoints(catalog, site_name, spent.meter),
    ]);
    const samples = point_names.flatMap((point_name, index) => {
      const sample = found.samples[index];
      if (!sample) return [];
      const { units, description } = rows.get(point_name)?.fields ?? {};
      const known = units === undefined || description === undefined ? {} : { units, description };
      return [{ point_name, timestamp: timestampOf(sample.ms), value: sample.value, ...known }];
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
});

export const health: Route<QueryContext> = {
  name: "health",
  method: "GET",
  path: "/health",
  isPublic: true,
  needsSecrets: true,
  summary: "Whether the Worker is running and configured; reads nothing",
  responses: { 200: { description: "Running and configured", schema: wire.health } },
  async respond({ version }) {
    const body: wire.Health = { status: "ok", service: "Building Vitals Query Worker", version };
    return { status: 200, body };
  },
};
