import type { Chance } from "./chance.ts";
import type { Fate } from "./fate.ts";
import { LANDS_LATE_MS, LATE_MS } from "./fate.ts";
import type { Life } from "./life.ts";
import type { Scheduler } from "./scheduler.ts";

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

/** What strikes the world beside the effect it strikes at; the world says how. */
export interface Disasters {
  isolateDies(): void;
  alarmTwice(object: string): void;
  clockSteps(object: string, ms: number): void;
}

/** The one gate that every call of a port passes: it counts them, may break each, and parks each twice. */
export class Effects {
  readonly labels: string[] = [];
  /** Labels of what was broken. */
  readonly broken: string[] = [];
  disasters: Disasters | undefined;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #breaks: { readonly spec: Break; matched: number; struck: number }[] = [];
  /** Effects that wait for their successor: the next of the same label. */
  readonly #overtaken = new Map<string, () => void>();
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
    // What the dead and the doomed say is never sent.
    if (life?.runs === false) return new Promise(() => undefined);
    const { label } = announced;
    const fate = this.#announce(label, life);
    if (fate === "hang") return new Promise(() => undefined);
    const request = { life, announced, effect, fate };
    return new Promise((resolve, reject) => {
      const reply = (act: () => void) => this.#scheduler.park(life, this.#travel(announced), label, act);
      // The request is the network's: whoever sent it may be dead by the time it arrives.
      const arrive = () => this.#arrive(request, reply, resolve, reject);
      if (fate === "overtaken") {
        reply(() => reject(faultOf(announced)));
        this.#holdBack(label, arrive);
      } else {
        this.#scheduler.park(undefined, this.#travel(announced) + delayOf(fate), label, arrive);
      }
    });
  }

  /**
   * An effect on the object's own storage beside its transactions. It happens at the call, and is told to the caller
   * in its own time.
   */
  local(life: Life, label: string, effect: () => void): Promise<void> {
    if (!life.runs) return new Promise(() => undefined);
    if (!life.owns) return Promise.reject(new Error(`${life.name} is not the object any more`));
    const fate = this.#announce(label, life);
    if (fate !== "fail before" && fate !== "die before") effect();
    return new Promise((resolve, reject) => {
      this.#scheduler.park(life, 0, label, () => {
        if (fate === "die before" || fate === "die after") return life.kill();
        if (fate === "zombie") life.supersede();
        if (fate === "fail before" || fate === "effect, then fail") return reject(new EffectBroken(label));
        resolve();
      });
    });
  }

  /** A transaction that has written and is about to be committed; what is to become of it. */
  commit(life: Life, label: string): Fate | undefined {
    return life.doomed ? undefined : this.#announce(label, life);
  }

  #arrive<T>(
    { life, announced, effect, fate }: Request<T>,
    reply: (act: () => void) => void,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    const { label } = announced;
    const failed = (error: unknown) => reply(() => reject(error));
    if (fate === "zombie") life?.supersede();
    const done = (value: T) => {
      this.#letOvertake(label);
      if (fate === "die after") life?.kill();
      else if (fate === "effect, then fail") failed(faultOf(announced));
      else reply(() => resolve(value));
    };
    if (fate === "die before") {
      life?.kill();
      return;
    }
    try {
      if (fate === "fail before") throw faultOf(announced);
      const result = effect();
      if (result instanceof Promise) result.then(done, failed);
      else done(result);
    } catch (error) {
      failed(error);
    }
  }

  /** Until an effect of the same label has come first, or for so long that nobody thinks of it any more. */
  #holdBack(label: string, arrive: () => void): void {
    let landed = false;
    const land = () => {
      if (landed) return;
      landed = true;
      this.#overtaken.delete(label);
      arrive();
    };
    this.#overtaken.set(label, () => this.#scheduler.park(undefined, 1, label, land));
    this.#scheduler.park(undefined, LANDS_LATE_MS, label, land);
  }

  #letOvertake(label: string): void {
    const land = this.#overtaken.get(label);
    this.#overtaken.delete(label);
    land?.();
  }

  #announce(label: string, life: Life | undefined): Fate | undefined {
    this.labels.push(label);
    let fate: Fate | undefined;
    for (const one of this.#breaks) {
      if (one.spec.on && !one.spec.on.test(label)) continue;
      const turn = one.matched++ - (one.spec.skip ?? 0);
      if (turn < 0 || turn >= (one.spec.times ?? 1)) continue;
      one.struck += 1;
      fate ??= one.spec.fate;
    }
    if (fate) this.broken.push(label);
    return this.#strikeBeside(fate, life) ? undefined : fate;
  }

  /** True where the effect itself goes unharmed. */
  #strikeBeside(fate: Fate | undefined, life: Life | undefined): boolean {
    switch (fate) {
      case "isolate dies":
        // Not in the middle of whoever is just speaking.
        this.#scheduler.park(undefined, 0, "isolate", () => this.disasters?.isolateDies());
        return true;
      case "alarm twice":
        if (life) this.#scheduler.park(undefined, 0, "alarm", () => this.disasters?.alarmTwice(life.name));
        return true;
      case "clock back":
        if (life) this.disasters?.clockSteps(life.name, -CLOCK_BACK_MS);
        return true;
      case "clock ahead":
        if (life) this.disasters?.clockSteps(life.name, CLOCK_AHEAD_MS);
        return true;
      default:
        return false;
    }
  }

  #travel(announced: Announced): number {
    return announced.latencyMs ?? this.#chance.below(this.#latencyMsMax + 1);
  }
}

interface Request<T> {
  readonly life: Life | undefined;
  readonly announced: Announced;
  readonly effect: () => T | Promise<T>;
  readonly fate: Fate | undefined;
}

const faultOf = (announced: Announced) => announced.fault?.() ?? new EffectBroken(announced.label);

function delayOf(fate: Fate | undefined): number {
  return fate === "late" || fate === "zombie" ? LATE_MS : 0;
}

/** Far enough for every wait of ours to look due, or not due for long. */
const CLOCK_BACK_MS = 3_600_000;
/** Past the age at which staged work is begun anew. */
const CLOCK_AHEAD_MS = 25 * 3_600_000;
