import type { Chance } from "./chance.ts";
import type { Life } from "./life.ts";
import type { Scheduler } from "./scheduler.ts";

/** What becomes of a broken effect. The letters before and after are those of its effect on the world. */
export type Fate =
  /** It has no effect, and the caller is told of a failure. */
  | "fail before"
  /** It has its effect, and the caller is told of a failure all the same. */
  | "effect, then fail"
  /** The caller dies before it has any effect. */
  | "die before"
  /** The caller dies before it hears of the effect. */
  | "die after"
  /** Effect and answer come `LATE_MS` late, when nobody may wait for them any more. */
  | "late"
  /** No effect, no answer, ever. */
  | "hang";

export const LATE_MS = 100_000;

export class EffectBroken extends Error {
  readonly kind = "effect-broken";
  constructor(label: string) {
    super(`${label} was broken by the world`);
  }
}

export interface Break {
  /** Effects that this break is about; all where absent. */
  readonly on?: RegExp;
  readonly fate: Fate;
  /** Matching effects that pass unharmed first. */
  readonly skip?: number;
  /** How often it strikes; once where absent. */
  readonly times?: number;
}

/** How an effect is announced: `fault` is what a caller is told when it is broken. */
export interface Announced {
  readonly label: string;
  readonly latencyMs?: number;
  fault?(): Error;
}

/** The one gate that every call of a port passes: it counts them, may break each, and parks each twice. */
export class Effects {
  readonly labels: string[] = [];
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #breaks: { readonly spec: Break; matched: number; struck: number }[] = [];
  /** Most milliseconds a request or a reply is on its way. */
  readonly #latencyMsMax: number;

  constructor(scheduler: Scheduler, chance: Chance, latencyMsMax: number) {
    this.#scheduler = scheduler;
    this.#chance = chance;
    this.#latencyMsMax = latencyMsMax;
  }

  break(spec: Break): void {
    this.#breaks.push({ spec, matched: 0, struck: 0 });
  }

  mend(): void {
    this.#breaks.length = 0;
  }

  /** Breaks that have struck at least once. */
  get struck(): number {
    return this.#breaks.filter((one) => one.struck > 0).length;
  }

  /** An effect elsewhere: request and reply travel, and the world may change meanwhile. */
  remote<T>(life: Life | undefined, announced: Announced, effect: () => T | Promise<T>): Promise<T> {
    const fate = this.#announce(announced.label);
    if (fate === "hang") return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      const { label } = announced;
      const fail = () => reject(announced.fault?.() ?? new EffectBroken(label));
      const reply = (act: () => void) => this.#scheduler.park(life, this.#travel(announced), label, act);
      // The request is the network's: whoever sent it may be dead by the time it arrives.
      this.#scheduler.park(
        undefined,
        this.#travel(announced) + (fate === "late" ? LATE_MS : 0),
        label,
        () => {
          if (fate === "die before") return life?.kill();
          if (fate === "fail before") return reply(fail);
          const failed = (error: unknown) => reply(() => reject(error));
          const done = (value: T) => {
            if (fate === "die after") life?.kill();
            else reply(fate === "effect, then fail" ? fail : () => resolve(value));
          };
          try {
            const result = effect();
            if (result instanceof Promise) result.then(done, failed);
            else done(result);
          } catch (error) {
            failed(error);
          }
        },
      );
    });
  }

  /**
   * An effect on the object's own storage. It happens at the call, and is committed together with all the
   * object wrote since it last waited; so it can't fail alone, and "before" it there is no moment to die in.
   */
  local(life: Life, label: string, effect: () => void): Promise<void> {
    const fate = this.#announce(label);
    effect();
    return new Promise((resolve) => {
      const dies = fate === "die after" || fate === "die before";
      this.#scheduler.park(life, 0, label, dies ? () => life.kill() : resolve);
    });
  }

  #announce(label: string): Fate | undefined {
    this.labels.push(label);
    let fate: Fate | undefined;
    for (const one of this.#breaks) {
      if (one.spec.on && !one.spec.on.test(label)) continue;
      const turn = one.matched++ - (one.spec.skip ?? 0);
      if (turn < 0 || turn >= (one.spec.times ?? 1)) continue;
      one.struck += 1;
      fate ??= one.spec.fate;
    }
    return fate;
  }

  #travel(announced: Announced): number {
    return announced.latencyMs ?? this.#chance.below(this.#latencyMsMax + 1);
  }
}
