import type { DaySelection, RollupsAccepted, SiteRollups } from "../../contract/backfill.ts";
import type { SiteName } from "../../domain/site.ts";
import { callSite, querySites, type Sites } from "./site-queries.ts";

/** The roll-ups of all configured sites, as routes show them and have them made. */
export class RollupSites {
  readonly #sites: Sites;
  readonly #configured: readonly SiteName[];

  constructor(sites: Sites, configured: readonly SiteName[]) {
    this.#sites = sites;
    this.#configured = configured;
  }

  /** Has each site make the roll-ups of the range that are missing or lack days. Throws where a site does not respond. */
  make({ site, from, to }: DaySelection): Promise<RollupsAccepted["sites"]> {
    return Promise.all(
      (site ? [site] : this.#configured).map(async (name) => ({
        site: name,
        ...(await callSite(this.#sites, name, (each) => each.makeRollups({ from, to }))),
      })),
    );
  }

  async list(): Promise<SiteRollups[]> {
    const answers = await querySites(this.#sites, this.#configured, { kind: "rollups" });
    return answers.flatMap(({ rollups }) => rollups ?? []);
  }
}
