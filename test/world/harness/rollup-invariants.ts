import type { World } from "./world.ts";

/**
 * No roll-up describes a day whose object is another. Checked after every step, but not of days whose objects a test has
 * put or deleted itself.
 */
export class RollupInvariants {
  readonly #world: World;
  /** Etags of the objects by key when they were checked last. */
  readonly #seen = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  check(): void {
    const { foreign, objects } = this.#world.archive;
    const isSame =
      objects.size === this.#seen.size &&
      [...objects].every(([key, { etag }]) => this.#seen.get(key) === etag);
    if (isSame) return;
    this.#seen.clear();
    for (const [key, { etag }] of objects) this.#seen.set(key, etag);
    for (const [key, { metadata }] of objects) {
      if (!key.startsWith("rollups/")) continue;
      const site = key.slice(key.lastIndexOf("/") + 1);
      for (const [date, named] of Object.entries(
        JSON.parse(metadata.days ?? "{}") as Record<string, string>,
      )) {
        const dayKey = `timeseries/${date.replaceAll("-", "/")}/${site}`;
        const present = objects.get(dayKey)?.etag;
        if (foreign.has(dayKey) || (this.#world.tampered && present === undefined)) continue;
        if (present?.slice(0, named.length) !== named)
          throw new Error(`${key} describes ${named} of ${date}, and its object is ${present}`);
      }
    }
  }
}
