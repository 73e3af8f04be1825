import type { Config } from "../domain/config.ts";
import { parseConfig } from "../domain/config.ts";
import { secretOf } from "../domain/variables.ts";
import { logAs } from "./console-log.ts";

// The namespaces have no type parameter: types of RPC stubs over recursive JSON take the compiler minutes. The ports
// have the same methods.
/** Bindings and secrets of the Backfill Worker; its variables are read by `parseConfig`. */
export interface Env {
  readonly R2: R2Bucket;
  readonly ETL_STATE: KVNamespace;
  readonly COORDINATOR: DurableObjectNamespace;
  readonly SITE_BACKFILL: DurableObjectNamespace;
  readonly RATE_GATE: DurableObjectNamespace;
  /** Hot storage; absent where there is none. */
  readonly D1?: D1Database;
  readonly CF_VERSION_METADATA?: { readonly id: string };
  readonly ACE_API_KEY?: string;
  readonly BACKFILL_API_KEY?: string;
}

export class ConfigurationInvalid extends Error {
  readonly kind = "configuration-invalid";
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`the configuration is invalid: ${faults.join("; ")}`);
    this.faults = faults;
  }
}

export function configOf(env: object): Config {
  const parsed = parseConfig(env as Readonly<Record<string, unknown>>);
  if (parsed.ok) return parsed.config;
  throw new ConfigurationInvalid(parsed.faults);
}

/** The vendor's key as headers carry it. */
export function aceKeyOf(env: object): string {
  return secretOf(env as Readonly<Record<string, unknown>>, "ACE_API_KEY");
}

/** The prefix makes lines easy to find: `grep "\[BACKFILL\]"`. */
export const consoleLog = logAs("[BACKFILL]");
