import type { Chance } from "./chance.ts";
import type { EffectSpec } from "./effect-spec.ts";
import type { FaultMode } from "./fault-mode.ts";
import { LATE_MS, OVERTAKEN_MS_MAX } from "./fault-mode.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Scheduler } from "./scheduler.ts";

export class EffectBroken extends Error {
  readonly kind = "effect-broken";
  constructor(label: string) {
    super(`${label} was broken by an injected fault`);
  }
}

export interface Break {
  /** Labels of the effects to break; all where absent. */
  readonly on?: RegExp;
  readonly mode: FaultMode;
  /** How many matching effects succeed first. */
  readonly skip?: number;
  /** How many effects are broken; a single effect where absent. */
  readonly times?: number;
}

/** Faults of the world at the moment of an effect, which itself succeeds; the world implements them. */
export interface WorldFaults {
  isolateDies(): void;
  alarmTwice(object: string): void;
  clockSteps(object: string, ms: number): void;
}

/** Every call of a port passes here: it is counted, may be broken, and its request and response are scheduled. */
export class Effects {
  readonly labels: string[] = [];
  /** Labels of the effects that were broken. */
  readonly broken: string[] = [];
  worldFaults: WorldFaults | undefined;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #breaks: { readonly spec: Break; matched: number; injected: number }[] = [];
  /** Effects that wait for the next effect of the same label to overtake them. */
  readonly #overtaken = new Map<string, () => void>();
  /** Longest time in which a request or a response travels. */
  readonly #latencyMsMax: number;

  constructor(scheduler: Scheduler, chance: Chance, latencyMsMax: number) {
    this.#scheduler = scheduler;
    this.#chance = chance;
    this.#latencyMsMax = latencyMsMax;
  }

  break(spec: Break): void {
    this.#breaks.push({ spec, matched: 0, injected: 0 });
  }

  restore(): void {
    this.#breaks.length = 0;
  }

  /** How many of the breaks have broken an effect. */
  get injected(): number {
    return this.#breaks.filter((each) => each.injected > 0).length;
  }

  /** An effect elsewhere: request and response travel, and the world may change meanwhile. */
  remote<T>(
    incarnation: Incarnation | undefined,
    spec: EffectSpec,
    effect: () => T | Promise<T>,
  ): Promise<T> {
    // A dead or doomed incarnation sends nothing.
    if (incarnation?.runs === false) return new Promise(() => undefined);
    const { label } = spec;
    const mode = this.#begin(label, incarnation);
    if (mode === "hang") return new Promise(() => undefined);
    const request = { incarnation, spec, effect, mode };
    return new Promise((resolve, reject) => {
      const reply = (act: () => void) => this.#scheduler.park(incarnation, this.#travel(spec), label, act);
      // The network delivers the request even if its sender has died meanwhile.
      const arrive = () => this.#arrive(request, reply, resolve, reject);
      if (mode === "overtaken") {
        reply(() => reject(faultOf(spec)));
        this.#delayUntilOvertaken(label, arrive);
      } else {
        this.#scheduler.park(undefined, this.#travel(spec) + delayOf(mode), label, arrive);
      }
    });
  }

  /**
   * An effect on the object's own storage beside its transactions. It happens at the call; the caller's promise is
   * settled by the scheduler.
   */
  local(incarnation: Incarnation, label: string, effect: () => void): Promise<void> {
    if (!incarnation.runs) return new Promise(() => undefined);
    if (!incarnation.owns) return Promise.reject(new Error(`${incarnation.name} is not the object any more`));
    const mode = this.#begin(label, incarnation);
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

  /** How the commit of a transaction with changes is to be broken, if at all. */
  commit(incarnation: Incarnation, label: string): FaultMode | undefined {
    return incarnation.doomed ? undefined : this.#begin(label, incarnation);
  }

  #arrive<T>(
    { incarnation, spec, effect, mode }: Request<T>,
    reply: (act: () => void) => void,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    const { label } = spec;
    const failed = (error: unknown) => reply(() => reject(error));
    if (mode === "zombie") incarnation?.supersede();
    const done = (value: T) => {
      this.#releaseOvertaken(label);
      if (mode === "die after") incarnation?.kill();
      else if (mode === "effect, then fail") failed(faultOf(spec));
      else reply(() => resolve(value));
    };
    if (mode === "die before") {
      incarnation?.kill();
      return;
    }
    try {
      if (mode === "fail before") throw faultOf(spec);
      const result = effect();
      if (result instanceof Promise) result.then(done, failed);
      else done(result);
    } catch (error) {
      failed(error);
    }
  }

  /** Delays an effect until another of the same label has happened, at most by `OVERTAKEN_MS_MAX`. */
  #delayUntilOvertaken(label: string, arrive: () => void): void {
    let landed = false;
    const land = () => {
      if (landed) return;
      landed = true;
      this.#overtaken.delete(label);
      arrive();
    };
    this.#overtaken.set(label, () => this.#scheduler.park(undefined, 1, label, land));
    this.#scheduler.park(undefined, OVERTAKEN_MS_MAX, label, land);
  }

  #releaseOvertaken(label: string): void {
    const land = this.#overtaken.get(label);
    this.#overtaken.delete(label);
    land?.();
  }

  #begin(label: string, incarnation: Incarnation | undefined): FaultMode | undefined {
    this.labels.push(label);
    let mode: FaultMode | undefined;
    for (const each of this.#breaks) {
      if (each.spec.on && !each.spec.on.test(label)) continue;
      const turn = each.matched++ - (each.spec.skip ?? 0);
      if (turn < 0 || turn >= (each.spec.times ?? 1)) continue;
      each.injected += 1;
      mode ??= each.spec.mode;
    }
    if (mode) this.broken.push(label);
    return this.#injectIntoWorld(mode, incarnation) ? undefined : mode;
  }

  /** Injects a fault of the world; true where the mode is such a fault and the effect itself succeeds. */
  #injectIntoWorld(mode: FaultMode | undefined, incarnation: Incarnation | undefined): boolean {
    switch (mode) {
      case "isolate dies":
        // Scheduled, so that code that is running now reaches its next wait first.
        this.#scheduler.park(undefined, 0, "isolate", () => this.worldFaults?.isolateDies());
        return true;
      case "alarm twice":
        if (incarnation)
          this.#scheduler.park(undefined, 0, "alarm", () => this.worldFaults?.alarmTwice(incarnation.name));
        return true;
      case "clock back":
        if (incarnation) this.worldFaults?.clockSteps(incarnation.name, -CLOCK_BACK_MS);
        return true;
      case "clock ahead":
        if (incarnation) this.worldFaults?.clockSteps(incarnation.name, CLOCK_AHEAD_MS);
        return true;
      default:
        return false;
    }
  }

  #travel(spec: EffectSpec): number {
    return spec.latencyMs ?? this.#chance.below(this.#latencyMsMax + 1);
  }
}

interface Request<T> {
  readonly incarnation: Incarnation | undefined;
  readonly spec: EffectSpec;
  readonly effect: () => T | Promise<T>;
  readonly mode: FaultMode | undefined;
}

const faultOf = (spec: EffectSpec) => spec.fault?.() ?? new EffectBroken(spec.label);

function delayOf(mode: FaultMode | undefined): number {
  return mode === "late" || mode === "zombie" ? LATE_MS : 0;
}

/** A step longer than every wait of the rules. */
const CLOCK_BACK_MS = 3_600_000;
/** Beyond the age at which staged work is discarded. */
const CLOCK_AHEAD_MS = 25 * 3_600_000;
