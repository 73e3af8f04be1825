import type { Chance } from "./chance.ts";
import type { FaultMode } from "./fault-mode.ts";
import { LANDS_LATE_MS, LATE_MS } from "./fault-mode.ts";
import type { Incarnation } from "./incarnation.ts";
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
  readonly mode: FaultMode;
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

  restore(): void {
    this.#breaks.length = 0;
  }

  /** Breaks that have struck at least once. */
  get struck(): number {
    return this.#breaks.filter((one) => one.struck > 0).length;
  }

  /** An effect elsewhere: request and reply travel, and the world may change meanwhile. */
  remote<T>(
    incarnation: Incarnation | undefined,
    announced: Announced,
    effect: () => T | Promise<T>,
  ): Promise<T> {
    // What the dead and the doomed say is never sent.
    if (incarnation?.runs === false) return new Promise(() => undefined);
    const { label } = announced;
    const mode = this.#announce(label, incarnation);
    if (mode === "hang") return new Promise(() => undefined);
    const request = { incarnation, announced, effect, mode };
    return new Promise((resolve, reject) => {
      const reply = (act: () => void) =>
        this.#scheduler.park(incarnation, this.#travel(announced), label, act);
      // The request is the network's: whoever sent it may be dead by the time it arrives.
      const arrive = () => this.#arrive(request, reply, resolve, reject);
      if (mode === "overtaken") {
        reply(() => reject(faultOf(announced)));
        this.#holdBack(label, arrive);
      } else {
        this.#scheduler.park(undefined, this.#travel(announced) + delayOf(mode), label, arrive);
      }
    });
  }

  /**
   * An effect on the object's own storage beside its transactions. It happens at the call, and is told to the caller
   * in its own time.
   */
  local(incarnation: Incarnation, label: string, effect: () => void): Promise<void> {
    if (!incarnation.runs) return new Promise(() => undefined);
    if (!incarnation.owns) return Promise.reject(new Error(`${incarnation.name} is not the object any more`));
    const mode = this.#announce(label, incarnation);
    if (mode !== "fail before" && mode !== "die before") effect();
    return new Promise((resolve, reject) => {
      this.#scheduler.park(incarnation, 0, label, () => {
        if (mode === "die before" || mode === "die after") return incarnation.kill();
        if (mode === "zombie") incarnation.supersede();
        if (mode === "fail before" || mode === "effect, then fail") return reject(new EffectBroken(label));
        resolve();
      });
    });
  }

  /** A transaction that has written and is about to be committed; what is to become of it. */
  commit(incarnation: Incarnation, label: string): FaultMode | undefined {
    return incarnation.doomed ? undefined : this.#announce(label, incarnation);
  }

  #arrive<T>(
    { incarnation, announced, effect, mode }: Request<T>,
    reply: (act: () => void) => void,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    const { label } = announced;
    const failed = (error: unknown) => reply(() => reject(error));
    if (mode === "zombie") incarnation?.supersede();
    const done = (value: T) => {
      this.#letOvertake(label);
      if (mode === "die after") incarnation?.kill();
      else if (mode === "effect, then fail") failed(faultOf(announced));
      else reply(() => resolve(value));
    };
    if (mode === "die before") {
      incarnation?.kill();
      return;
    }
    try {
      if (mode === "fail before") throw faultOf(announced);
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

  #announce(label: string, incarnation: Incarnation | undefined): FaultMode | undefined {
    this.labels.push(label);
    let mode: FaultMode | undefined;
    for (const one of this.#breaks) {
      if (one.spec.on && !one.spec.on.test(label)) continue;
      const turn = one.matched++ - (one.spec.skip ?? 0);
      if (turn < 0 || turn >= (one.spec.times ?? 1)) continue;
      one.struck += 1;
      mode ??= one.spec.mode;
    }
    if (mode) this.broken.push(label);
    return this.#strikeBeside(mode, incarnation) ? undefined : mode;
  }

  /** True where the effect itself goes unharmed. */
  #strikeBeside(mode: FaultMode | undefined, incarnation: Incarnation | undefined): boolean {
    switch (mode) {
      case "isolate dies":
        // Not in the middle of whoever is just speaking.
        this.#scheduler.park(undefined, 0, "isolate", () => this.disasters?.isolateDies());
        return true;
      case "alarm twice":
        if (incarnation)
          this.#scheduler.park(undefined, 0, "alarm", () => this.disasters?.alarmTwice(incarnation.name));
        return true;
      case "clock back":
        if (incarnation) this.disasters?.clockSteps(incarnation.name, -CLOCK_BACK_MS);
        return true;
      case "clock ahead":
        if (incarnation) this.disasters?.clockSteps(incarnation.name, CLOCK_AHEAD_MS);
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
  readonly incarnation: Incarnation | undefined;
  readonly announced: Announced;
  readonly effect: () => T | Promise<T>;
  readonly mode: FaultMode | undefined;
}

const faultOf = (announced: Announced) => announced.fault?.() ?? new EffectBroken(announced.label);

function delayOf(mode: FaultMode | undefined): number {
  return mode === "late" || mode === "zombie" ? LATE_MS : 0;
}

/** Far enough for every wait of ours to look due, or not due for long. */
const CLOCK_BACK_MS = 3_600_000;
/** Past the age at which staged work is begun anew. */
const CLOCK_AHEAD_MS = 25 * 3_600_000;
