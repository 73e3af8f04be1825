import type { Status } from "../src/contract/backfill.ts";
import { type Baseline, type LineOptions, progressLine, samplesOf, shareOf } from "./progress.ts";

/** A progress line for each site; it remembers where each stood when it was first seen. */
export class SiteLines {
  readonly #since = new Map<string, Baseline>();

  of({ sites }: Pick<Status, "sites">, options: Omit<LineOptions, "since" | "siteWidth">): string[] {
    const siteWidth = Math.max(...sites.map((view) => view.site.length));
    return sites.map((view) => {
      const { now, samplesPerDay } = options;
      const first = { samples: samplesOf(view), share: shareOf(view, samplesPerDay), atMs: now };
      const since = this.#since.get(view.site) ?? first;
      this.#since.set(view.site, since);
      return progressLine(view, { ...options, since, siteWidth });
    });
  }
}
