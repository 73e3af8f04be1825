import { type EtlConfig, parseEtlConfig } from "../domain/etl-config.ts";
import { logAs } from "./console-log.ts";
import { ConfigurationInvalid } from "./env.ts";

/** Bindings and secrets of the ETL Sync Worker; its variables are read by `parseEtlConfig`. */
export interface EtlEnv {
  readonly D1: D1Database;
  readonly ETL_STATE: KVNamespace;
  readonly SITE_SYNC: DurableObjectNamespace;
  /** Of the Backfill Worker. */
  readonly SITE_BACKFILL: DurableObjectNamespace;
  readonly RATE_GATE: DurableObjectNamespace;
  readonly CF_VERSION_METADATA?: { readonly id: string };
  readonly ACE_API_KEY?: string;
  readonly ETL_API_KEY?: string;
}

export function etlConfigOf(env: object): EtlConfig {
  const parsed = parseEtlConfig(env as Readonly<Record<string, unknown>>);
  if (parsed.ok) return parsed.config;
  throw new ConfigurationInvalid(parsed.faults);
}

/** The prefix makes lines easy to find: `grep "\[ETL\]"`. */
export const etlLog = logAs("[ETL]");
