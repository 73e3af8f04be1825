import { expect } from "vitest";
import type { DaysAnswer, LatestAnswer, PointsAnswer } from "../../src/contract/query.ts";
import { SITE } from "../support/query/archive.ts";
import { costOf } from "./check-answer.ts";
import type { QueryWorker, Reply } from "./query-worker.ts";
import { expectedAvailability, expectedLatest, expectedPoints } from "./reference-catalog.ts";

export async function checkPoints(worker: QueryWorker, day: string, boundary: string): Promise<void> {
  const reply = await worker.get("/timeseries/points", new URLSearchParams({ site_name: SITE, date: day }));
  const { points, state, metadata } = bodyOf<PointsAnswer>(reply);
  const expected = await expectedPoints(day, boundary);
  expect({ state, points }).toEqual({
    state: expected.state,
    points: expected.points.map(({ point_name, count, first_ms, last_ms }) => ({
      point_name,
      count,
      first_timestamp: iso(first_ms),
      last_timestamp: iso(last_ms),
    })),
  });
  expect(metadata).toMatchObject({ ...costOf(reply), total_points: points.length });
}

export async function checkDays(
  worker: QueryWorker,
  from: string,
  to: string,
  boundary: string,
): Promise<void> {
  const reply = await worker.get("/timeseries/days", new URLSearchParams({ site_name: SITE, from, to }));
  const { days, metadata } = bodyOf<DaysAnswer>(reply);
  expect(days).toEqual(await expectedAvailability(from, to, boundary));
  expect(metadata).toMatchObject(costOf(reply));
}

export async function checkLatest(
  worker: QueryWorker,
  points: readonly string[],
  today: string,
): Promise<void> {
  const params = new URLSearchParams({ site_name: SITE });
  // A single name would be read as a list; repeated, it is a name.
  for (const point of points.length === 1 ? [...points, ...points] : points)
    params.append("point_names", point);
  const reply = await worker.get("/timeseries/latest", params);
  const body = bodyOf<LatestAnswer>(reply);
  const { samples, searchedFrom, tiers } = await expectedLatest(points, today);
  expect(body.samples).toEqual(
    samples.map(({ point, ms, value }) => ({ point_name: point, timestamp: iso(ms), value })),
  );
  const found = new Set(samples.map(({ point }) => point));
  expect(body.missing_points).toEqual(points.filter((point) => !found.has(point)));
  expect(body.searched_from).toBe(`${searchedFrom}T00:00:00.000Z`);
  expect(body.metadata).toMatchObject({
    ...costOf(reply),
    total_samples: samples.length,
    storage_tiers: tiers,
  });
}

function bodyOf<T>({ status, body }: Reply): T {
  const text = new TextDecoder().decode(body);
  expect(status, text).toBe(200);
  return JSON.parse(text) as T;
}

const iso = (ms: number) => new Date(ms).toISOString();
