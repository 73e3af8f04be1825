import type { Answer } from "../api/answer.ts";
import type { SiteRange } from "../api/backfill-api.ts";

export interface DaySource<T> {
  days(range: SiteRange): Promise<Answer<T>>;
  sleep(ms: number): Promise<void>;
}

const AGAIN_MS = 5_000;

/**
 * Asks for days, one question at a time: a calendar of ten sites is megabytes, and what is asked for while another
 * question is under way is joined to what already waits. A question without an answer is asked again, until `stopped`.
 */
export class DayLoader<T> {
  readonly #waiting = new Map<string, SiteRange>();
  readonly #source: DaySource<T>;
  readonly #heard: (site: string, answer: Answer<T>) => "taken" | "again" | "stop";
  #working = false;

  constructor(source: DaySource<T>, heard: (site: string, answer: Answer<T>) => "taken" | "again" | "stop") {
    this.#source = source;
    this.#heard = heard;
  }

  ask(ranges: readonly SiteRange[]): void {
    for (const range of ranges) this.#waiting.set(range.site, joined(this.#waiting.get(range.site), range));
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const verdict = this.#heard(next.site, await this.#source.days(next));
      if (verdict === "stop") this.#waiting.clear();
      if (verdict !== "again") continue;
      this.#waiting.set(next.site, joined(this.#waiting.get(next.site), next));
      await this.#source.sleep(AGAIN_MS);
    }
    this.#working = false;
  }

  #take(): SiteRange | undefined {
    const [next] = this.#waiting.values();
    if (next) this.#waiting.delete(next.site);
    return next;
  }
}

/** One range that holds both; an end that is left out is without bound. */
export function joined(a: SiteRange | undefined, b: SiteRange): SiteRange {
  if (!a) return b;
  const from = a.from && b.from ? [a.from, b.from].sort()[0] : undefined;
  const to = a.to && b.to ? [a.to, b.to].sort()[1] : undefined;
  return { site: b.site, from, to };
}
