/** An effect of a port: its label, its latency, and the error that its caller gets when it is broken. */
export interface EffectSpec {
  readonly label: string;
  /** Of the request and of the response each; random where absent. */
  readonly latencyMs?: number;
  fault?(): Error;
}

/** The specification of an effect; a latency of `undefined` is left to chance. */
export function effectSpec(label: string, latencyMs: number | undefined): EffectSpec {
  return latencyMs === undefined ? { label } : { label, latencyMs };
}

/** Writes that a test delays: each delay applies to the next write whose label matches. */
export class LateWrites {
  readonly #delays: { readonly on: RegExp; readonly ms: number }[] = [];

  /** Delays the next matching write by `ms`, and its response by `ms` again. */
  next(on: RegExp, ms: number): void {
    this.#delays.push({ on, ms });
  }

  take(label: string): number | undefined {
    const index = this.#delays.findIndex(({ on }) => on.test(label));
    return index < 0 ? undefined : this.#delays.splice(index, 1)[0]?.ms;
  }
}
