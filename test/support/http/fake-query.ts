/** The Query Worker over sources in memory that record their calls. */
import { type EpochMs, utcDayOf } from "../../../src/domain/day.ts";
import type { ObjectKey } from "../../../src/domain/layout.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { createQueryApp } from "../../../src/http/query/query.ts";
import type {
  Catalog,
  DayAvailability,
  DayPoints,
  LatestSamples,
} from "../../../src/query/catalog/catalog.ts";
import type { PointsFile } from "../../../src/query/points/points.ts";
import {
  bucketSource,
  type DaySamples,
  type SampleQuery,
  type SampleSource,
} from "../../../src/query/source.ts";
import { MemoryArchive } from "../query/memory-archive.ts";

export const QUERY_KEY = "s3cret-query-key";
export const QUERY_ENV = {
  QUERY_API_KEY: QUERY_KEY,
  ALLOWED_ORIGINS: "https://app.example.com,https://admin.example.com",
};

export class FakeSources implements SampleSource, Catalog {
  readonly calls: unknown[][] = [];
  readonly queries: SampleQuery[] = [];
  /** Times of the samples of every point, all on the first day of the query. */
  sampleTimes: readonly EpochMs[] = [];
  daySites: readonly SiteName[] = [];
  dayPoints: DayPoints = { state: "missing", tiers: [], points: [] };
  dayAvailability: readonly DayAvailability[] = [];
  pointsFile: PointsFile;
  newest: LatestSamples = { samples: [], tiers: [], searchedFromMs: 0 };
  /** Thrown by the next call; with `faultLater`, by a query after its first day. */
  fault: unknown;
  faultLater = false;

  async *days(query: SampleQuery): AsyncGenerator<DaySamples> {
    this.queries.push(query);
    if (this.fault !== undefined && !this.faultLater) throw this.fault;
    const ms = Float64Array.from(this.sampleTimes.filter((at) => at >= query.fromMs && at < query.toMs));
    const series = query.points.map(() => ({ ms, value: new Float64Array(ms.length) }));
    yield { day: utcDayOf(query.fromMs), state: "present", tiers: ["cold", "hot"], series };
    if (this.fault !== undefined) throw this.fault;
  }

  sites = (...given: unknown[]) => this.#record("sites", this.daySites, given);
  points = (...given: unknown[]) => this.#record("points", this.dayPoints, given);
  availability = (...given: unknown[]) => this.#record("availability", this.dayAvailability, given);
  known = (...given: unknown[]) => this.#record("known", this.pointsFile, given);
  latest = (...given: unknown[]) => this.#record("latest", this.newest, given);

  async #record<T>(name: string, outcome: T, given: unknown[]): Promise<T> {
    // The last argument is the meter.
    this.calls.push([name, ...given.slice(0, -1)]);
    if (this.fault !== undefined) throw this.fault;
    return outcome;
  }
}

/** The app over fake sources. */
export function queryUnderTest(env: Readonly<Record<string, unknown>> = QUERY_ENV) {
  const sources = new FakeSources();
  const files = new MemoryArchive();
  files.place("timeseries/2024/01/31/site_a.parquet" as ObjectKey, new TextEncoder().encode("PAR1 … PAR1"));
  const logged: { level: string; message: string; fields: unknown }[] = [];
  const app = createQueryApp<object>({
    sources: () => ({ samples: sources, buckets: bucketSource(sources), catalog: sources, files }),
    clock: { now: () => 0 },
    log: (level, message, fields) => logged.push({ level, message, fields }),
    version: "1.0.0",
  });
  const request = async (path: string, init: RequestInit = {}) => app.request(path, init, env);
  return {
    sources,
    files,
    logged,
    request,
    /** With the right token. */
    get: (path: string, headers: Record<string, string> = {}) =>
      request(path, { headers: { Authorization: `Bearer ${QUERY_KEY}`, ...headers } }),
  };
}

/** A valid query, with changed or removed parameters. */
export function queryPath(
  changes: Readonly<Record<string, string | readonly string[] | undefined>> = {},
): string {
  const parameters = {
    site_name: "site_a",
    point_names: "a,b",
    start_time: "2024-01-31T00:00:00Z",
    end_time: "2024-02-02T00:00:00Z",
    ...changes,
  };
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const text of value === undefined ? [] : [value].flat()) params.append(name, text as string);
  }
  return `/timeseries/query?${params}`;
}
