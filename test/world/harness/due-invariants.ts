import type { DueTrack } from "../../../src/backfill/job/job.ts";
import type { CurrentJob } from "../../../src/backfill/ports.ts";
import { dueEntries } from "../../../src/backfill/site/due/due.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { objectKey, parseObjectKey } from "../../../src/domain/layout.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import type { Incarnation } from "./incarnation.ts";
import { readOnly, rowsOf, siteState } from "./inspect.ts";
import type { World } from "./world.ts";

/** Invariants of due days, of hot storage that vouches for days, and of rows that it has handed over. */
export class DueInvariants {
  readonly #world: World;
  /** Sites and epochs in which a pause has stopped due days: no publication of one may begin. */
  readonly #paused = new Set<string>();
  /** The day that hot storage has stopped vouching for since the last put of an incarnation. */
  readonly #stops = new WeakMap<Incarnation, UtcDay>();
  readonly #handedOver = new Map<string, { readonly site: SiteName; readonly date: UtcDay }>();
  readonly #seen = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
    world.hot.onStop = (incarnation, _, date) => this.#stops.set(incarnation, date);
  }

  /** Records the result of a pause: all sites but `sitesUnreached` have stopped. */
  paused(sitesUnreached: readonly string[]): void {
    for (const site of this.#world.config.sites) {
      if (!sitesUnreached.includes(site)) this.#paused.add(`${site} ${this.#epochOf(site)}`);
    }
  }

  /** Rows of hot storage were accepted: from now on nobody else may have them. */
  handedOver(site: SiteName, date: UtcDay): void {
    this.#handedOver.set(`${site} ${date}`, { site, date });
  }

  /** Why a put must not begin, where it is of a due day, or of a day in hot storage; "not due" for other days. */
  whyForbidden(
    key: string,
    incarnation: Incarnation,
    permitted: CurrentJob | undefined,
  ): Error | "not due" | undefined {
    const vouched = this.#whyVouchedFor(key, incarnation);
    if (vouched) return vouched;
    const { name: site } = incarnation;
    const date = parseObjectKey(key)?.day ?? "";
    const query = "SELECT plan ->> '$.track' AS track FROM staging WHERE date = ?";
    const [staged] = rowsOf<{ track: string | null }>(this.#world.site(site), query, date);
    if (staged?.track !== "due") return "not due";
    const epoch = this.#epochOf(site);
    if (this.#paused.has(`${site} ${epoch}`)) return new Error(`due ${key} is published after a pause`);
    const { due } = permitted ?? {};
    if (due?.epoch === epoch && !due.paused) return undefined;
    return new Error(`due ${key} is published by epoch ${epoch}, but ${JSON.stringify(due)} is wanted`);
  }

  check(): void {
    this.#handedOverRowsAreSomewhere();
    for (const [site, object] of this.#world.sites) {
      if (object.busy || this.#seen.get(site) === object.db.transactions) continue;
      this.#seen.set(site, object.db.transactions);
      for (const { date, state, fetched_since, sha256 } of dueEntries(
        readOnly(object),
        this.#world.scheduler.now,
      )) {
        if (state === "published") this.#isDone(site, date as UtcDay, Date.parse(fetched_since), sha256);
        else if (!this.#isAwake(site))
          throw new Error(`${date} of ${site} is due, and its site has no alarm`);
      }
    }
  }

  /** A put of a day that hot storage is responsible for comes after hot has stopped vouching for the day. */
  #whyVouchedFor(key: string, incarnation: Incarnation): Error | undefined {
    const date = parseObjectKey(key)?.day;
    const hotFrom = siteState<UtcDay>(this.#world.site(incarnation.name), "hotFrom");
    const stopped = this.#stops.get(incarnation);
    this.#stops.delete(incarnation);
    if (!date || hotFrom === undefined || date < hotFrom || stopped === date) return undefined;
    return new Error(`${key} is replaced while hot storage vouches for the day`);
  }

  #handedOverRowsAreSomewhere(): void {
    for (const { site, date } of this.#handedOver.values()) {
      const evidence = this.#world.archive.objects.get(objectKey(site, date))?.metadata.evidence ?? "";
      if (evidence.includes('"fromHot":')) continue;
      const query = "SELECT 1 FROM hot_row WHERE date = ? LIMIT 1";
      if (rowsOf(this.#world.site(site), query, date).length > 0) continue;
      throw new Error(`rows of ${site} ${date} that hot storage has handed over are nowhere`);
    }
  }

  #isDone(site: SiteName, date: UtcDay, since: number, sha256: string | null): void {
    if (this.#world.archive.objects.get(objectKey(site, date))?.sha256 !== sha256)
      throw new Error(`${date} of ${site} is done, and its object is another`);
    // The site's clock tells when a fetch began: where clocks step, it may be ahead of the world's.
    if (!this.#world.limits.keepsDistance) return;
    const { arrivals } = this.#world.vendor;
    if (arrivals.some((each) => each.site === site && each.day === date && each.at >= since)) return;
    throw new Error(`${date} of ${site} is done without a fetch that began late enough`);
  }

  #isAwake(site: SiteName): boolean {
    const object = this.#world.site(site);
    if (object.armedAt !== undefined || siteState<DueTrack>(object, "dueTrack")?.paused) return true;
    // Where setting the alarm was broken, the next list or the cron trigger sets it.
    return this.#world.effects.broken.some(
      (label) => label.startsWith(`${site} `) && / (alarm|store)\./.test(label),
    );
  }

  #epochOf(site: string): number {
    return siteState<DueTrack>(this.#world.site(site), "dueTrack")?.epoch ?? 0;
  }
}
