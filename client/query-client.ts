import type { NotFound, Problem } from "../src/contract/parameters.ts";
import type { PointsAnswer, QueryAnswer } from "../src/contract/query.ts";
import { askWorker, callWorker, granted, notOurs, refused, replyOf, type Worker } from "./call-worker.ts";

/** A day's file as the archive has it. */
export interface ArchivedFile {
  readonly bytes: number;
  /** Lower-case hex; undefined where it was stored without one. */
  readonly sha256: string | undefined;
  readonly response: Response;
}

const PARQUET = "application/vnd.apache.parquet";

/** A day is 12 MB, and lines may be slow. */
const FILE_MS_MAX = 15 * 60_000;

/** The Query Worker's HTTP API, as scripts call it. */
export class QueryClient {
  readonly worker: Worker;

  constructor(url: string, token: string | undefined) {
    this.worker = { name: "Query Worker", url, token };
  }

  /** Throws `Unable` (unreachable) where nobody answers. */
  async reach(): Promise<void> {
    const response = await callWorker(this.worker, "/");
    await response.body?.cancel();
  }

  /** The pages of an answer, each asked for when the one before has been taken. */
  async *pages(parameters: readonly (readonly [string, string])[]): AsyncGenerator<QueryAnswer, void> {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: QueryAnswer = await this.samples(cursor ? [...parameters, ["cursor", cursor]] : parameters);
      yield page;
      cursor = page.metadata.next_cursor;
    }
  }

  samples(parameters: readonly (readonly [string, string])[]): Promise<QueryAnswer> {
    return this.get<QueryAnswer>("/timeseries/query", parameters, "samples");
  }

  points(site: string, date: string): Promise<PointsAnswer> {
    const parameters = [
      ["site_name", site],
      ["date", date],
    ] as const;
    return this.get<PointsAnswer>("/timeseries/points", parameters, "points");
  }

  /** The file, or with HEAD what is said of it; undefined where the day is not archived. Its body may break off. */
  async file(method: "GET" | "HEAD", site: string, date: string): Promise<ArchivedFile | undefined> {
    const path = `/timeseries/file?${new URLSearchParams({ site_name: site, date })}`;
    const response = await callWorker(this.worker, path, { method, msMax: FILE_MS_MAX });
    if (!response.ok) {
      // HEAD has no body to say why: the same by GET does.
      const reply =
        method === "GET"
          ? await replyOf<Problem | NotFound>(this.worker, response)
          : await askWorker<Problem | NotFound>(this.worker, path);
      if (reply.status === 404 && !("endpoints" in reply.body)) return undefined;
      throw refused(this.worker, reply.status, reply.body);
    }
    if (response.headers.get("Content-Type") !== PARQUET) {
      throw notOurs(this.worker, response.status, "no Parquet file");
    }
    const digest = /^sha-256=:([\w+/=]+):$/.exec(response.headers.get("Repr-Digest") ?? "")?.[1];
    return {
      bytes: Number(response.headers.get("Content-Length")),
      sha256: digest === undefined ? undefined : Buffer.from(digest, "base64").toString("hex"),
      response,
    };
  }

  async get<T extends object>(
    path: string,
    parameters: readonly (readonly [string, string])[],
    has: keyof T & string,
  ): Promise<T> {
    const query = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
    return granted<T>(this.worker, await askWorker<T | Problem>(this.worker, `${path}?${query}`), has);
  }
}
