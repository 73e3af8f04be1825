import { namedPoints } from "../../../client/client.ts";
import type { SyncStatus } from "../../../src/contract/etl.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { lines, type Row, truthOfRows } from "../../reference/truth.ts";
import { eventually, type World } from "../../system/fixture.ts";
import { isSettled, type LiveWindow, type WindowReading, windowsBetween } from "./settled-windows.ts";

export interface LiveVerdict {
  /** Each as a sentence. */
  readonly differences: readonly string[];
  readonly windows: number;
  readonly samples: number;
}

/** The promised six minutes, a pause after faults of the API, and a busy machine. */
const SYNC_MS_MAX = 12 * 60_000;

/** Compares all settled windows of the live sites, from D1 and R2 together, with what the API said of them last. */
export class LiveCheck {
  readonly #world: World;
  readonly #startedAt: EpochMs;
  /** By site: where its first sync began. Later the oldest days are in R2 alone. */
  readonly #since = new Map<string, EpochMs>();

  readonly #sites: readonly string[];

  constructor(world: World, sites: readonly string[], startedAt: EpochMs) {
    this.#world = world;
    this.#sites = sites;
    this.#startedAt = startedAt;
  }

  /** Waits until every site is synced up to now and no due day is left to do at once. Faults of the API must be over. */
  async settle(): Promise<SyncStatus> {
    const askedAt = Date.now();
    const isSince = (time: string | null) => Date.parse(time ?? "") >= askedAt;
    return eventually(
      "the live sites are synced",
      async () => {
        const status = await this.#world.etl.status().catch(() => undefined);
        // Sooner than at the next full five minutes. Refused while a sync runs, which may have begun before.
        const isIdle = status?.sites.some(
          ({ current_sync, watermark }) => !current_sync && !isSince(watermark),
        );
        if (isIdle) await this.#world.etl.trigger().catch(() => undefined);
        const isDone = status?.sites.every(
          ({ windows_missing, watermark, current_sync, due_days }) =>
            windows_missing === 0 &&
            current_sync === null &&
            isSince(watermark) &&
            due_days.every(({ state }) => state === "published" || state === "failed"),
        );
        return isDone && status?.sites.length === this.#sites.length ? status : undefined;
      },
      SYNC_MS_MAX,
    );
  }

  async compare(): Promise<LiveVerdict> {
    const verdicts: LiveVerdict[] = [];
    for (const site of this.#sites) verdicts.push(await this.#compareSite(site));
    return {
      differences: verdicts.flatMap(({ differences }) => differences),
      windows: verdicts.reduce((sum, { windows }) => sum + windows, 0),
      samples: verdicts.reduce((sum, { samples }) => sum + samples, 0),
    };
  }

  async #compareSite(site: string): Promise<LiveVerdict> {
    const { sim } = this.#world;
    const readings = await this.#readings(site);
    const since = this.#since.get(site) ?? (await this.#firstSyncBegan(site));
    this.#since.set(site, since);
    const now = Date.now();
    const windows = windowsBetween(since, now).filter((window) =>
      isSettled(window, sim.lastChange(site, window), this.#startedAt, readings.get(window.from)),
    );
    const found = await this.#answered(site, { from: since, to: now });
    const configured = new Set(sim.configured(site));
    const differences: string[] = [];
    let samples = 0;
    for (const window of windows) {
      const truth = lines(truthOfRows(sim.truthOf(site, window), configured, site).rows);
      const inside = found.filter(({ timestamp }) => timestamp >= window.from && timestamp < window.to);
      const difference = firstDifference(lines(inside), truth);
      if (difference) differences.push(`${site} from ${new Date(window.from).toISOString()}: ${difference}`);
      samples += truth.length;
    }
    return { differences, windows: windows.length, samples };
  }

  async #firstSyncBegan(site: string): Promise<EpochMs> {
    const { hot } = await this.#world.state();
    const since = await hot
      .prepare("SELECT since_ms FROM sites WHERE name = ?")
      .bind(site)
      .first<number>("since_ms");
    if (since === null) throw new Error(`D1 does not know ${site}`);
    return since;
  }

  /** The windows that D1 has, by their beginning. */
  async #readings(site: string): Promise<Map<EpochMs, WindowReading>> {
    const { hot } = await this.#world.state();
    const { results } = await hot
      .prepare(
        `SELECT from_ms AS "from", to_ms AS "to", read_at_ms AS readAt, read_to_ms AS readTo
         FROM windows WHERE site_id = (SELECT id FROM sites WHERE name = ?)`,
      )
      .bind(site)
      .all<Record<keyof WindowReading, number>>();
    return new Map(results.map((reading) => [reading.from, reading]));
  }

  /** All samples of the range, as the Query Worker answers for D1 and R2 together; by point and time. */
  async #answered(site: string, { from, to }: LiveWindow): Promise<Row[]> {
    const rows: Row[] = [];
    const pages = this.#world.query.pages([
      ["site_name", site],
      ...namedPoints(this.#world.sim.configured(site)),
      ["start_time", new Date(from).toISOString()],
      ["end_time", new Date(to).toISOString()],
    ]);
    for await (const { samples } of pages) {
      for (const { point_name, timestamp, value } of samples) {
        rows.push({
          timestamp: Date.parse(timestamp),
          point_name,
          value: value ?? Number.NaN,
          site_name: site,
        });
      }
    }
    return rows.sort((a, b) => compareBytes(a.point_name, b.point_name) || a.timestamp - b.timestamp);
  }
}

const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function firstDifference(answered: readonly string[], served: readonly string[]): string | undefined {
  const at = served.findIndex((line, index) => line !== answered[index]);
  if (at < 0 && answered.length === served.length) return undefined;
  const row = at < 0 ? served.length : at;
  return `${answered.length} samples for ${served.length}; number ${row} is "${answered[row]}" for "${served[row]}"`;
}
