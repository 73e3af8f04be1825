import { raceTimeout, TIMED_OUT } from "../concurrency/concurrency.ts";
import type { EpochMs } from "../domain/day.ts";
import type { Clock, Gate } from "./ports.ts";

/** A gate that answers later than this is not waited for. */
const GATE_MS_MAX = 3_000;
/** A pause that is known is asked about again only this often: a 429 may have made it longer. */
const PAUSE_FRESH_MS = 60_000;

/** The gate as the Coordinator asks it: with bounded waiting, and the last known pause kept in memory. */
export class AskedGate {
  readonly #clock: Clock;
  readonly #gate: Gate;
  #pause: { readonly until: EpochMs | undefined; readonly askedAt: EpochMs } | undefined;

  constructor(clock: Clock, gate: Gate) {
    this.#clock = clock;
    this.#gate = gate;
  }

  /** Until when all requests are held, by the gate's last answer. */
  pausedUntil(now: EpochMs): EpochMs | undefined {
    const until = this.#pause?.until;
    return until !== undefined && until > now ? until : undefined;
  }

  /** Asks the gate for its pause; without an answer in time the last one stays. */
  async learnPause(): Promise<void> {
    const askedAt = this.#clock.now();
    const said = await this.#ask((gate) => gate.pausedUntil());
    if (said) this.#pause = { until: said.answer, askedAt };
  }

  /** The same for a caller that comes every few seconds. */
  async refreshPause(): Promise<void> {
    const now = this.#clock.now();
    const agoMs = Math.abs(now - (this.#pause?.askedAt ?? 0));
    if (this.pausedUntil(now) === undefined || agoMs >= PAUSE_FRESH_MS) await this.learnPause();
  }

  /** undefined without an answer in time. */
  async permitsLastMinute(): Promise<number | undefined> {
    return (await this.#ask((gate) => gate.permitsLastMinute()))?.answer;
  }

  async #ask<T>(ask: (gate: Gate) => Promise<T>): Promise<{ readonly answer: T } | undefined> {
    const asked = ask(this.#gate).then(
      (answer) => ({ answer }),
      () => undefined,
    );
    const answer = await raceTimeout(this.#clock, GATE_MS_MAX, asked);
    return answer === TIMED_OUT ? undefined : answer;
  }
}
