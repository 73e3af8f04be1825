import { raceTimeout } from "../../concurrency/concurrency.ts";
import type { DuePauseOutcome } from "../../contract/api.ts";
import type { DueList, DueSummary } from "../../contract/backfill.ts";
import type { SiteName } from "../../domain/site.ts";
import type { DueTrack, SiteDue } from "../job/job.ts";
import type { Log } from "../ports.ts";
import type { DueStore } from "./due-store.ts";
import { querySite, type Sites } from "./site-queries.ts";

/** A pause waits this long for the sites to acknowledge that they have stopped. */
const PAUSE_MS_MAX = 10_000;
/** Of the calls that follow a pause: sites that know of a later one make it be sent again, once. */
const ROUNDS_MAX = 2;

/** What a status shows of due days; undefined where no site has any, and none is paused. Pure. */
export function dueSummaryOf(
  reports: ReadonlyMap<SiteName, SiteDue>,
  track: DueTrack,
): DueSummary | undefined {
  const sites = [...reports.values()].map(({ view }) => view).filter(({ days_total }) => days_total > 0);
  return sites.length === 0 && !track.paused ? undefined : { paused: track.paused, sites };
}

/** The due days of all configured sites, as routes show and pause them. */
export class DueSites {
  readonly #ports: Sites & { readonly log: Log };
  readonly #store: DueStore;
  readonly #sites: readonly SiteName[];

  constructor(ports: Sites & { readonly log: Log }, store: DueStore, configured: readonly SiteName[]) {
    this.#ports = ports;
    this.#store = store;
    this.#sites = configured;
  }

  get track(): DueTrack {
    return this.#store.track;
  }

  /** In figures, by what the sites have said last. */
  get summary(): DueSummary | undefined {
    return dueSummaryOf(this.#store.reports, this.#store.track);
  }

  /** Every due day; sites without an answer in time are named instead. */
  async list(): Promise<DueList> {
    const answers = await Promise.all(
      this.#sites.map((site) => querySite(this.#ports, site, { kind: "due" }).catch(() => undefined)),
    );
    return {
      paused: this.#store.track.paused,
      sites: answers.flatMap((answer) =>
        answer?.due && answer.due.days.length > 0 ? { ...answer.due.view, days: answer.due.days } : [],
      ),
      sites_unavailable: this.#sites.filter((_, index) => answers[index] === undefined),
    };
  }

  /**
   * Commits a pause, or its end, and sends it to the sites. A site that has acknowledged a pause begins no publication of
   * a due day after it; the others, which are named, ask before each.
   */
  async pause(paused: boolean): Promise<DuePauseOutcome> {
    this.#store.setPaused(paused);
    let left = this.#sites;
    for (let round = 0; round < ROUNDS_MAX && left.length > 0; round++) {
      const calls = Promise.allSettled(left.map((site) => this.send(site)));
      await raceTimeout(this.#ports.clock, PAUSE_MS_MAX / ROUNDS_MAX, calls);
      const { track, reports } = this.#store;
      left = this.#sites.filter((site) => reports.get(site)?.track.epoch !== track.epoch);
    }
    this.#ports.log("INFO", paused ? "Due days paused" : "Due days resumed", { sitesUnreached: left });
    return { paused, sites_unreached: left };
  }

  /** Tells a site whether due days are worked on, and records what it says of its own. */
  async send(site: SiteName): Promise<void> {
    this.#store.record(site, (await this.#ports.site(site).report(this.#store.track)).due);
  }
}
