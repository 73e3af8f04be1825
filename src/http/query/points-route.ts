import { z } from "zod";
import * as wire from "../../contract/query.ts";
import type { UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { type PointSearch, type PointsPage, searchPoints } from "../../query/points/points.ts";
import { type DescribedPoints, describedPoints, meaningOf } from "./point-meaning.ts";
import { FAULT_RESPONSES } from "./query-faults.ts";
import { type QueryContext, queryRoute } from "./query-route.ts";
import { iso, newSpending } from "./spending.ts";

export const points = queryRoute({
  name: "points",
  method: "GET",
  path: "/timeseries/points",
  summary:
    "The points of a site, or those that a search finds, in order of name: with date those that have samples on the day, otherwise all that were ever configured",
  input: { query: wire.pointsQuery, lists: ["point_names"] },
  responses: {
    200: {
      description: "A page of the points; with date a PointsAnswer",
      schema: z.union([wire.pointsAnswer, wire.knownPointsAnswer]),
    },
    ...FAULT_RESPONSES,
  },
  async handle(context, { site_name, date, q = "", point_names, limit, cursor }) {
    const search = { text: q, names: point_names, limit, after: cursor };
    const body = date
      ? await pointsOfDay(context, site_name, date, search)
      : await knownPoints(context, site_name, search);
    return { status: 200, body };
  },
});

async function pointsOfDay(
  { catalog, clock }: QueryContext,
  site: SiteName,
  date: UtcDay,
  search: PointSearch,
): Promise<wire.PointsAnswer> {
  const spent = newSpending(clock);
  const [{ state, tiers, points: found }, described] = await Promise.all([
    catalog.points(site, date, spent.meter),
    describedPoints(catalog, site, spent.meter),
  ]);
  const page = searchPoints(
    found.map((summary) => ({ ...summary, name: summary.point, row: described.rows.get(summary.point) })),
    search,
  );
  return {
    site_name: site,
    date,
    state,
    points: page.points.map(({ name, row, samples, firstMs, lastMs }) => ({
      point_name: name,
      count: samples,
      first_timestamp: iso(firstMs),
      last_timestamp: iso(lastMs),
      ...(row && meaningOf(row)),
    })),
    metadata: { ...pageOf(page, described), ...spent.cost(tiers) },
  };
}

async function knownPoints(
  { catalog, clock }: QueryContext,
  site: SiteName,
  search: PointSearch,
): Promise<wire.KnownPointsAnswer> {
  const spent = newSpending(clock);
  const file = await catalog.known(site, spent.meter);
  const rows = file ?? new Map();
  const page = searchPoints(
    [...rows.values()].map((row) => ({ name: row.name, row })),
    search,
  );
  const state = file ? "present" : "absent";
  return {
    site_name: site,
    points: page.points.map(({ name, row }) => ({ point_name: name, ...meaningOf(row) })),
    metadata: { ...pageOf(page, { state }), ...spent.cost(file ? ["cold"] : []) },
  };
}

const pageOf = ({ total, nextAfter }: PointsPage<unknown>, { state }: Pick<DescribedPoints, "state">) => ({
  total_points: total,
  next_cursor: nextAfter === undefined ? null : wire.pointsCursorAfter(nextAfter),
  points_file: state,
});
