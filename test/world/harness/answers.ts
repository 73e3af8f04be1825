import { DAY_MS, dayStartMs, daysOf, type EpochMs, type UtcDay, utcDayOf } from "../../../src/domain/day.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { windowsOf } from "../../../src/domain/windows.ts";
import { lines, type Row, truthOf } from "../../reference/truth.ts";
import type { World } from "./world.ts";
import { hotDays, hotSites, hotWindows } from "./world-hot.ts";

const HOUR = 3_600_000;
/** A change up to this long after its hour is found by reading the hour again. */
const LATE_MS = 2 * HOUR;
/** How long a change may be unknown. */
const FOUND_MS = HOUR;
/** A window is compared from so long after its end on. */
const SETTLED_MS = 3 * HOUR;
/** How long an archived day may take from its due time to its being read again. */
const ARCHIVED_MS = HOUR;
/** A list of points is an hour old at most. */
const LISTED_MS = HOUR + 10 * 60_000;

interface Window {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly hourEndMs: EpochMs;
}

/**
 * Compares what hot and cold together answer with the vendor's last word, for every window whose last change is known
 * by then according to the promises.
 */
export class Answers {
  readonly #world: World;
  /** How often the windows were compared, so that a test can tell that they were. */
  compared = 0;
  /** Windows before it are not compared: something was broken, and the promises begin anew after it. */
  excusedUntil: EpochMs = 0;
  /** By window, what its answer was made of when it was right: nothing else can change it. */
  readonly #right = new Map<string, string>();
  readonly #changes = new Map<string, EpochMs>();

  constructor(world: World) {
    this.#world = world;
  }

  /** From now on changes that happened before are to be known in `graceMs` only. */
  excuse(graceMs: number): void {
    this.excusedUntil = Math.max(this.excusedUntil, this.#world.scheduler.now + graceMs);
  }

  /** Throws where an answer is wrong. */
  async check(): Promise<void> {
    if (this.#world.scheduler.now < this.excusedUntil) return;
    for (const { name, since_ms } of hotSites(this.#world.hot))
      if (this.#world.vendor.knows(name)) await this.#checkSite(name as SiteName, since_ms);
  }

  async #checkSite(site: SiteName, sinceMs: EpochMs): Promise<void> {
    const { now } = this.#world.scheduler;
    const origins = this.#origins(site);
    for (const day of daysOf(utcDayOf(sinceMs), utcDayOf(now))) {
      const windows = windowsOfDay(day).filter(
        (each) =>
          each.fromMs >= sinceMs &&
          this.#right.get(`${site} ${each.fromMs}`) !== origins(day, each.fromMs) &&
          this.#isKnown(site, day, each),
      );
      const [first, last] = [windows[0], windows.at(-1)];
      if (!first || !last) continue;
      const names = this.#names(site, first.fromMs);
      const answer = await this.#world.reader.series(site, names, first.fromMs, last.toMs);
      const rows = [...answer].flatMap(([point_name, { ms, value }]) =>
        Array.from(ms, (timestamp, at) => ({
          timestamp,
          point_name,
          value: value[at] ?? 0,
          site_name: site,
        })),
      );
      const expected = this.#expected(site, names, first.fromMs, last.toMs);
      for (const { fromMs, toMs } of windows) {
        this.#right.set(`${site} ${fromMs}`, origins(day, fromMs));
        const within = ({ timestamp }: Row) => timestamp >= fromMs && timestamp < toMs;
        const [found, truth] = [rows.filter(within), expected.filter(within)].map((each) =>
          lines(each).sort(),
        );
        this.compared += 1;
        if (found?.join("\n") === truth?.join("\n")) continue;
        throw new Error(
          `the answer for ${site} from ${iso(fromMs)} is not the vendor's last word at ${iso(now)}:\n${difference(found ?? [], truth ?? [])}`,
        );
      }
    }
  }

  /** What the answer of a window is made of, as a text that changes with it. */
  #origins(site: SiteName): (day: UtcDay, fromMs: EpochMs) => string {
    const { archive, etl, hot, scheduler, vendor } = this.#world;
    const boundary = utcDayOf(scheduler.now - (etl?.hotDays ?? 0) * DAY_MS);
    const days = new Map(hotDays(hot).map((row) => [`${row.site} ${row.day}`, row]));
    const windows = new Map(hotWindows(hot).map((row) => [`${row.site} ${row.from_ms}`, row]));
    const lists = vendor.listsSince(site, 0).length;
    return (day, fromMs) => {
      const { version, released } = days.get(`${site} ${day}`) ?? {};
      const window = windows.get(`${site} ${fromMs}`);
      const { etag } = archive.objects.get(objectKey(site, day)) ?? {};
      return [version, released, window?.read_at_ms, window?.version, etag, day < boundary, lists].join();
    };
  }

  /** Whether the last change of the window has to be known now. */
  #isKnown(site: SiteName, day: UtcDay, { fromMs, toMs, hourEndMs }: Window): boolean {
    const { etl, scheduler, vendor } = this.#world;
    if (!etl || scheduler.now < toMs + SETTLED_MS) return false;
    const changed =
      this.#changes.get(`${site} ${fromMs}`) ?? vendor.lastChange(site, { from: fromMs, to: toMs });
    this.#changes.set(`${site} ${fromMs}`, changed);
    const archivedAt = dayStartMs(day) + DAY_MS + etl.archiveAfterHours * HOUR;
    const rolledAt = Math.max(dayStartMs(day) + etl.hotDays * DAY_MS, archivedAt);
    if (changed <= hourEndMs + LATE_MS) return scheduler.now >= changed + FOUND_MS;
    const next = [archivedAt, rolledAt].find((at) => changed <= at);
    return next !== undefined && scheduler.now >= next + ARCHIVED_MS;
  }

  /** The points that were configured all the time since the window. */
  #names(site: SiteName, sinceMs: EpochMs): string[] {
    const lists = this.#world.vendor.listsSince(site, sinceMs - LISTED_MS);
    const [first = [], ...others] = lists;
    const all = this.#world.config.points === "all";
    const names = others.reduce((kept, list) => kept.filter((name) => list.includes(name)), [...first]);
    return all ? [...new Set([...names, ...this.#world.vendor.names(site)])] : names;
  }

  #expected(site: SiteName, names: readonly string[], from: EpochMs, to: EpochMs): Row[] {
    const { config, vendor } = this.#world;
    const simulation = { configured: () => [...names], truth: () => vendor.truthOf(site, { from, to }) };
    return [...truthOf(simulation, site, "", { words: Object.fromEntries(config.valueWords) }).rows];
  }
}

function windowsOfDay(day: UtcDay): Window[] {
  const hours = windowsOf(day, 24);
  return windowsOf(day, 96).map(({ fromMicros, toMicros }, nth) => ({
    fromMs: fromMicros / 1_000,
    toMs: toMicros / 1_000,
    hourEndMs: (hours[Math.floor(nth / 4)]?.toMicros ?? 0) / 1_000,
  }));
}

function difference(found: readonly string[], truth: readonly string[]): string {
  const missing = truth.filter((line) => !found.includes(line)).map((line) => `- ${line}`);
  const extra = found.filter((line) => !truth.includes(line)).map((line) => `+ ${line}`);
  return [...missing, ...extra].slice(0, 12).join("\n");
}

const iso = (ms: EpochMs) => new Date(ms).toISOString();
