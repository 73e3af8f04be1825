import { raceTimeout, TIMED_OUT } from "../../concurrency/concurrency.ts";
import type { EpochMs } from "../../domain/day.ts";
import type { Clock, Gate } from "../ports.ts";

/** A gate that answers later than this is not waited for. */
const GATE_MS_MAX = 3_000;
/** A known pause is requested again at most this often: another 429 may have made it longer. */
const PAUSE_FRESH_MS = 60_000;

/** The gate as the Coordinator reads it: with bounded waiting, and the last known pause kept in memory. */
export class GateClient {
  readonly #clock: Clock;
  readonly #gate: Gate;
  #pause: { readonly until: EpochMs | undefined; readonly requestedAt: EpochMs } | undefined;

  constructor(clock: Clock, gate: Gate) {
    this.#clock = clock;
    this.#gate = gate;
  }

  /** When the pause of all requests ends, by the gate's last answer; undefined: no pause. */
  pausedUntil(now: EpochMs): EpochMs | undefined {
    const until = this.#pause?.until;
    return until !== undefined && until > now ? until : undefined;
  }

  /** Requests the pause from the gate; without an answer in time the last one remains. */
  async updatePause(): Promise<void> {
    const requestedAt = this.#clock.now();
    const answer = await this.#request(async (gate) => ({ until: await gate.pausedUntil() }));
    if (answer) this.#pause = { ...answer, requestedAt };
  }

  /** The same for a caller that comes every few seconds. */
  async refreshPause(): Promise<void> {
    const now = this.#clock.now();
    const ageMs = Math.abs(now - (this.#pause?.requestedAt ?? 0));
    if (this.pausedUntil(now) === undefined || ageMs >= PAUSE_FRESH_MS) await this.updatePause();
  }

  /** undefined without an answer in time. */
  permitsLastMinute(): Promise<number | undefined> {
    return this.#request((gate) => gate.permitsLastMinute());
  }

  async #request<T>(request: (gate: Gate) => Promise<T>): Promise<T | undefined> {
    const answered = request(this.#gate).catch(() => undefined);
    const answer = await raceTimeout(this.#clock, GATE_MS_MAX, answered);
    return answer === TIMED_OUT ? undefined : answer;
  }
}
