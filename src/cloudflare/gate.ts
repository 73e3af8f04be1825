import type { GateView } from "../contract/gate.ts";
import type { Gate } from "../ports/ports.ts";
import { aceKeyOf } from "./env.ts";

/** What a Worker needs to reach the gate: its own, or by `script_name` that of the Backfill Worker. */
export interface GateEnv {
  readonly RATE_GATE: DurableObjectNamespace;
  readonly ACE_API_KEY?: string;
}

/** The gate's object as Workers call it. */
export interface GatePeer extends Gate {
  /** The object names itself, so that Workers compare what they reach and not what their bindings say. */
  view(): Promise<GateView>;
}

/** The gate of the API key. Its name is a hash of the key, because names appear in logs and dashboards. */
export function gateOf(env: GateEnv): GatePeer {
  const name = gateName(aceKeyOf(env));
  // A new stub for each call: a stub stays broken once a call of it has failed.
  const stub = async () => env.RATE_GATE.getByName(await name) as unknown as GatePeer;
  return {
    acquire: async (caller, lane) => (await stub()).acquire(caller, lane),
    pauseFor: async (ms) => (await stub()).pauseFor(ms),
    pausedUntil: async () => (await stub()).pausedUntil(),
    permitsLastMinute: async () => (await stub()).permitsLastMinute(),
    view: async () => (await stub()).view(),
  };
}

async function gateName(key: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`gate:${key}`)));
  return Array.from(hash.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The identity of a gate's object: the beginning of its id, which the platform derives from the namespace and the
 * object's name. It differs between keys and between Workers that own a gate, and can't be computed from a guessed key
 * alone.
 */
export function gateIdentity(id: DurableObjectId): string {
  return id.toString().slice(0, IDENTITY_LENGTH);
}

/** 64 bits: two gates of an account never look the same by chance. */
const IDENTITY_LENGTH = 16;
