import type { SiteRange } from "../ranges.ts";
import type { Result } from "../worker-api/worker-api.ts";

export interface DaySource<T> {
  days(range: SiteRange): Promise<Result<T>>;
  sleep(ms: number): Promise<void>;
}

/** What follows a result: the next range, the same range again, or nothing more. */
export type Verdict = "done" | "retry" | "stop";

const RETRY_MS = 5_000;

/**
 * Loads days with one request at a time, because the days of ten sites are megabytes. Ranges of a site that are requested
 * meanwhile are joined to one.
 */
export class DayLoader<T> {
  readonly #waiting = new Map<string, SiteRange>();
  readonly #source: DaySource<T>;
  readonly #onResult: (site: string, result: Result<T>) => Verdict;
  #working = false;

  constructor(source: DaySource<T>, onResult: (site: string, result: Result<T>) => Verdict) {
    this.#source = source;
    this.#onResult = onResult;
  }

  load(ranges: readonly SiteRange[]): void {
    for (const range of ranges) this.#add(range);
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#removeNext(); next !== undefined; next = this.#removeNext()) {
      const verdict = this.#onResult(next.site, await this.#source.days(next));
      if (verdict === "stop") this.#waiting.clear();
      if (verdict !== "retry") continue;
      this.#add(next);
      await this.#source.sleep(RETRY_MS);
    }
    this.#working = false;
  }

  #add(range: SiteRange): void {
    this.#waiting.set(range.site, joined(this.#waiting.get(range.site), range));
  }

  #removeNext(): SiteRange | undefined {
    const [next] = this.#waiting.values();
    if (next) this.#waiting.delete(next.site);
    return next;
  }
}

/** The smallest range that includes both; an open end stays open. */
export function joined(a: SiteRange | undefined, b: SiteRange): SiteRange {
  if (!a) return b;
  const from = a.from && b.from ? [a.from, b.from].sort()[0] : undefined;
  const to = a.to && b.to ? [a.to, b.to].sort()[1] : undefined;
  return { site: b.site, from, to };
}
