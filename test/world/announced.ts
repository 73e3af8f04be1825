import type { Announced } from "./effects.ts";

/** An effect whose way takes `latencyMs`; as long as chance says where that is undefined. */
export function announced(label: string, latencyMs: number | undefined): Announced {
  return latencyMs === undefined ? { label } : { label, latencyMs };
}
