import type { PointsAnswer, QueryAnswer } from "../src/contract/query.ts";
import { askWorker, granted, type Worker } from "./call-worker.ts";

/** The Query Worker's HTTP API, as scripts call it. */
export class QueryClient {
  readonly worker: Worker;

  constructor(url: string, token: string | undefined) {
    this.worker = { name: "Query Worker", url, token };
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
    return this.get("/timeseries/query", parameters);
  }

  points(site: string, date: string): Promise<PointsAnswer> {
    return this.get("/timeseries/points", [
      ["site_name", site],
      ["date", date],
    ]);
  }

  async get<T>(path: string, parameters: readonly (readonly [string, string])[]): Promise<T> {
    const query = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
    return granted<T>(this.worker, await askWorker(this.worker, `${path}?${query}`));
  }
}
