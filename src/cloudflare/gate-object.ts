import { DurableObject } from "cloudflare:workers";
import type { GateLane } from "../backfill/ports.ts";
import { RateGate } from "../backfill/rate-gate/rate-gate.ts";
import type { GateView } from "../contract/gate.ts";
import { configOf, type Env } from "./env.ts";
import { type GatePeer, gateIdentity } from "./gate.ts";
import { ObjectStore, wallClock } from "./storage.ts";

/** The rate limit of an API key, for the objects of this Worker and of the ETL Sync Worker. */
export class RateGateObject extends DurableObject<Env> implements GatePeer {
  #made: RateGate | undefined;

  get #rules(): RateGate {
    const { requestsPerMinute } = configOf(this.env);
    this.#made ??= new RateGate(new ObjectStore(this.ctx.storage), wallClock, requestsPerMinute);
    return this.#made;
  }

  async acquire(caller: string, track?: GateLane) {
    return this.#rules.acquire(caller, track);
  }
  async pauseFor(ms: number) {
    this.#rules.pauseFor(ms);
  }
  async pausedUntil() {
    return this.#rules.pausedUntil();
  }
  async permitsLastMinute() {
    return this.#rules.permitsLastMinute();
  }
  async view(): Promise<GateView> {
    const pausedUntil = this.#rules.pausedUntil();
    return {
      gate: gateIdentity(this.ctx.id),
      permits_last_minute: this.#rules.permitsLastMinute(),
      paused_until: pausedUntil === undefined ? null : new Date(pausedUntil).toISOString(),
    };
  }
}
