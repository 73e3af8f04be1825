import { WEATHER_PREFIX } from "../../ace/weather/weather.ts";
import type { HotPoints, HotSite, HotWriter } from "../../hot/hot.ts";
import type { SyncContext } from "../context.ts";
import { getState } from "../state/state.ts";

type Claimed = Pick<SyncContext, "config" | "points" | "store"> & {
  readonly claim: HotSite;
  readonly writer: HotWriter;
};

/**
 * The numbers of a site's points in hot storage, cached for the list of points that is stored. They never change while a
 * claim lasts; afterwards the database may be another.
 */
export class HotNumbers {
  #claim: HotSite | undefined;
  #configured: { readonly hash: string; readonly numbers: Uint32Array } | undefined;
  #count = 0;

  /** By the ids of the configured points. */
  async ofConfigured(context: Claimed): Promise<Uint32Array> {
    this.#begin(context.claim);
    const hash = context.store.tx((sql) => getState(sql, "points")?.hash ?? "");
    if (this.#configured?.hash !== hash) {
      const { names } = context.points();
      this.#configured = { hash, numbers: await this.#numbersOf(context, names) };
    }
    return this.#configured.numbers;
  }

  /** Of names that are not configured, in their order. */
  async ofOthers(context: Claimed, names: readonly string[]): Promise<Uint32Array> {
    return names.length === 0 ? new Uint32Array() : this.#numbersOf(context, names);
  }

  /**
   * The points that a reading of windows is of: samples of all others stay. Where all points are kept, those are the
   * weather alone, which windows do not have.
   */
  async ofReading(context: Claimed): Promise<HotPoints> {
    const numbers = await this.ofConfigured(context);
    if (context.config.points === "configured") return { numbers, count: this.#count };
    const weather = new Set(await context.writer.numbersOfPrefix(context.claim, WEATHER_PREFIX));
    const all = Array.from({ length: this.#count }, (_, number) => number);
    return { numbers: Uint32Array.from(all.filter((number) => !weather.has(number))), count: this.#count };
  }

  #begin(claim: HotSite): void {
    if (this.#claim === claim) return;
    this.#claim = claim;
    this.#configured = undefined;
    this.#count = 0;
  }

  async #numbersOf({ claim, writer }: Claimed, names: readonly string[]): Promise<Uint32Array> {
    const { numbers, count } = await writer.numberPoints(claim, names);
    this.#count = Math.max(this.#count, count);
    return numbers;
  }
}
