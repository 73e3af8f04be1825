import type { Announced } from "./effects.ts";

/** An effect whose way takes `latencyMs`; as long as chance says where that is undefined. */
export function announced(label: string, latencyMs: number | undefined): Announced {
  return latencyMs === undefined ? { label } : { label, latencyMs };
}

/** Writes that take their time: each that is asked for strikes the next that matches. */
export class LateWrites {
  readonly #asked: { readonly on: RegExp; readonly ms: number }[] = [];

  /** The next write that matches lands `ms` late, and its answer comes as late again. */
  next(on: RegExp, ms: number): void {
    this.#asked.push({ on, ms });
  }

  take(label: string): number | undefined {
    const index = this.#asked.findIndex(({ on }) => on.test(label));
    return index < 0 ? undefined : this.#asked.splice(index, 1)[0]?.ms;
  }
}
