import type { PointsAnswer, Problem, QueryAnswer } from "../src/contract/query.ts";
import { Unable } from "./run.ts";

/** The Query Worker's HTTP API, as scripts call it. */
export class QueryClient {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  samples(parameters: readonly (readonly [string, string])[]): Promise<QueryAnswer> {
    return this.#get("/timeseries/query", parameters);
  }

  points(site: string, date: string): Promise<PointsAnswer> {
    return this.#get("/timeseries/points", [
      ["site_name", site],
      ["date", date],
    ]);
  }

  async #get<T>(path: string, parameters: readonly (readonly [string, string])[]): Promise<T> {
    const response = await fetch(
      `${this.#url}${path}?${new URLSearchParams(parameters.map(([name, value]) => [name, value]))}`,
      {
        headers: { Authorization: `Bearer ${this.#token}` },
      },
    );
    const body: unknown = await response.json();
    if (response.ok) return body as T;
    const { error, hint } = body as Problem;
    throw new Unable(`GET ${path} answered ${response.status}: ${error}`, hint ?? JSON.stringify(body));
  }
}
