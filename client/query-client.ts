import type { NotFound, Problem } from "../src/contract/parameters.ts";
import type {
  DaysAnswer,
  KnownPointsAnswer,
  PointsAnswer,
  QueryAnswer,
  SitesAnswer,
} from "../src/contract/query.ts";
import {
  fetchJson,
  fetchWorker,
  readJson,
  rejected,
  successBody,
  unexpectedResponse,
  type Worker,
} from "./worker-request.ts";

type Parameter = readonly [name: string, value: string];

/** The points of a query as parameters. A single name is sent twice, because a single value is split at its commas. */
export function namedPoints(points: readonly string[]): Parameter[] {
  const [only = ""] = points;
  const named = points.length === 1 ? [only, only] : points;
  return named.map((point) => ["point_names", point]);
}

const searchFor = (words: string | undefined): Parameter[] => (words === undefined ? [] : [["q", words]]);

/** A day's file in the archive. */
export interface ArchivedFile {
  readonly bytes: number;
  /** Lower-case hex; undefined when the object was stored without a checksum. */
  readonly sha256: string | undefined;
  readonly response: Response;
}

const PARQUET = "application/vnd.apache.parquet";

/** A day has about 12 MB, and a connection may be slow. */
const FILE_TIMEOUT_MS = 15 * 60_000;

/** A client of the Query Worker's HTTP API. */
export class QueryClient {
  readonly worker: Worker;

  constructor(url: string, token: string | undefined) {
    this.worker = { name: "Query Worker", url, token };
  }

  /** Throws `CommandError` (unreachable) when the Worker does not respond. */
  async checkReachable(): Promise<void> {
    const response = await fetchWorker(this.worker, "/");
    await response.body?.cancel();
  }

  /** All pages of a query; each is requested once the caller has taken the previous page. */
  async *pages(parameters: readonly Parameter[]): AsyncGenerator<QueryAnswer, void> {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: QueryAnswer = await this.samples(cursor ? [...parameters, ["cursor", cursor]] : parameters);
      yield page;
      cursor = page.metadata.next_cursor;
    }
  }

  samples(parameters: readonly Parameter[]): Promise<QueryAnswer> {
    return this.get<QueryAnswer>("/timeseries/query", parameters, "samples");
  }

  /** The points of a day; with `words` those that the Worker finds by them. */
  points(site: string, date: string, words?: string): Promise<PointsAnswer> {
    return this.allPoints<PointsAnswer>([["site_name", site], ["date", date], ...searchFor(words)]);
  }

  /** The points that were ever configured. */
  knownPoints(site: string, words?: string): Promise<KnownPointsAnswer> {
    return this.allPoints<KnownPointsAnswer>([["site_name", site], ...searchFor(words)]);
  }

  /** What the Worker says of these points, at most `QUERY_POINTS_MAX`; of those that it knows. */
  async describe(site: string, points: readonly string[]): Promise<KnownPointsAnswer["points"]> {
    const parameters = [["site_name", site] as const, ...namedPoints(points)];
    return (await this.allPoints<KnownPointsAnswer>(parameters)).points;
  }

  /** All pages of a list of points as one, with the cost of the last. A Worker of an earlier version has one page. */
  private async allPoints<A extends PointsAnswer | KnownPointsAnswer>(
    parameters: readonly Parameter[],
  ): Promise<A> {
    let answer = await this.get<A>("/timeseries/points", parameters, "points");
    const points: A["points"][number][] = [...answer.points];
    for (let cursor = answer.metadata.next_cursor; cursor; cursor = answer.metadata.next_cursor) {
      answer = await this.get<A>("/timeseries/points", [...parameters, ["cursor", cursor]], "points");
      points.push(...answer.points);
    }
    return { ...answer, points };
  }

  /** The sites that have a file of the day. */
  async sites(date: string): Promise<readonly string[]> {
    return (await this.get<SitesAnswer>("/timeseries/sites", [["date", date]], "sites")).sites;
  }

  /** Which days of the range, both included, the site has. */
  days(site: string, from: string, to: string): Promise<DaysAnswer> {
    const parameters = [
      ["site_name", site],
      ["from", from],
      ["to", to],
    ] as const;
    return this.get<DaysAnswer>("/timeseries/days", parameters, "days");
  }

  /** A day's file, with HEAD without its body; undefined when the day is not archived. The body may be cut off. */
  async file(method: "GET" | "HEAD", site: string, date: string): Promise<ArchivedFile | undefined> {
    const path = `/timeseries/file?${new URLSearchParams({ site_name: site, date })}`;
    const response = await fetchWorker(this.worker, path, { method, timeoutMs: FILE_TIMEOUT_MS });
    if (!response.ok) {
      // A response to HEAD has no body with the reason; the same request as GET has.
      const error =
        method === "GET"
          ? await readJson<Problem | NotFound>(this.worker, response)
          : await fetchJson<Problem | NotFound>(this.worker, path);
      if (error.status === 404 && !("endpoints" in error.body)) return undefined;
      throw rejected(this.worker, error.status, error.body);
    }
    if (response.headers.get("Content-Type") !== PARQUET) {
      throw unexpectedResponse(this.worker, response.status, "no Parquet file");
    }
    const digest = /^sha-256=:([\w+/=]+):$/.exec(response.headers.get("Repr-Digest") ?? "")?.[1];
    return {
      bytes: Number(response.headers.get("Content-Length")),
      sha256: digest === undefined ? undefined : Buffer.from(digest, "base64").toString("hex"),
      response,
    };
  }

  private async get<T extends object>(
    path: string,
    parameters: readonly Parameter[],
    has: keyof T & string,
  ): Promise<T> {
    const query = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
    return successBody<T>(this.worker, await fetchJson<T | Problem>(this.worker, `${path}?${query}`), has);
  }
}
