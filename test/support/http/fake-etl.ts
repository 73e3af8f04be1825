/** A sync in memory that records its calls and returns outcomes set by the test. */
import type { GateView, Stats, SyncStatus } from "../../../src/contract/etl.ts";
import type {
  DatabaseFault,
  DatabaseState,
  EtlApi,
  EtlMetrics,
  TriggerOutcome,
} from "../../../src/contract/etl-api.ts";
import { createEtlApp } from "../../../src/http/etl/etl.ts";
import { STATS, SYNC_NOW, syncStatus } from "./etl-views.ts";

export const ETL_KEY = "s3cret-etl-key";
export const ETL_ENV = {
  ACE_API_BASE: "https://flightdeck.aceiot.cloud/api",
  SITE_NAME: "ses_falls_city,building_a",
  ALLOWED_ORIGINS: "https://app.example.com,https://admin.example.com",
  ACE_API_KEY: "ace-key",
  ETL_API_KEY: ETL_KEY,
};

export class FakeEtl implements EtlApi {
  readonly calls: unknown[][] = [];
  current: SyncStatus = syncStatus();
  stored: Stats | DatabaseFault = STATS;
  database: DatabaseState = { kind: "ok" };
  databaseBytes: number | undefined = 412_000_000;
  triggered: TriggerOutcome = {
    kind: "started",
    sites: [{ site: "ses_falls_city", triggered_at: new Date(SYNC_NOW).toISOString() }],
    running: [],
  };
  ownGate: GateView = { gate: "5f1c0a9e8b7d6c5f", permits_last_minute: 12, paused_until: null };
  /** Thrown by every call. */
  fault: unknown;

  status = () => this.#record("status", this.current);
  stats = () => this.#record("stats", this.stored);
  trigger = (request: unknown) => this.#record("trigger", this.triggered, request);
  metrics = (): Promise<EtlMetrics> =>
    this.#record("metrics", { status: this.current, databaseBytes: this.databaseBytes });
  health = () => this.#record("health", this.database);
  gate = () => this.#record("gate", this.ownGate);

  async #record<T>(name: string, outcome: T, ...given: unknown[]): Promise<T> {
    this.calls.push([name, ...given]);
    if (this.fault !== undefined) throw this.fault;
    return outcome;
  }
}

/** The app over a fake sync. */
export function etlUnderTest(env: Readonly<Record<string, unknown>> = ETL_ENV) {
  const etl = new FakeEtl();
  const logged: { level: string; message: string; fields: unknown }[] = [];
  const app = createEtlApp<object>({
    etl: () => etl,
    clock: { now: () => SYNC_NOW },
    log: (level, message, fields) => logged.push({ level, message, fields }),
    version: "1.0.0",
  });
  const request = async (path: string, init: RequestInit = {}) => app.request(path, init, env);
  const authorized = (path: string, init: RequestInit) =>
    request(path, { ...init, headers: { Authorization: `Bearer ${ETL_KEY}` } });
  return {
    etl,
    logged,
    request,
    /** With the right token. */
    get: (path: string) => authorized(path, {}),
    post: (path: string, body?: string) =>
      authorized(path, { method: "POST", ...(body !== undefined && { body }) }),
  };
}
