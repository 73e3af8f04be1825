/** A backfill in memory that records its calls and returns outcomes set by the test. */
import type {
  AuditOutcome,
  BackfillApi,
  CancelOutcome,
  RetryOutcome,
  SiteUnavailable,
  StartOutcome,
} from "../../../src/contract/api.ts";
import type {
  AuditView,
  DayView,
  DueList,
  DueSummary,
  ErrorView,
  Plan,
  RollupsAccepted,
  SiteRollups,
  SiteSummary,
  Status,
} from "../../../src/contract/backfill.ts";
import type { GateView } from "../../../src/contract/gate.ts";
import type { Metrics } from "../../../src/contract/metrics.ts";
import { createBackfillApp } from "../../../src/http/backfill/backfill.ts";

export const KEY = "s3cret-backfill-key";
export const NOW = Date.parse("2025-10-14T12:34:56.789Z");
export const ENV = {
  ACE_API_BASE: "https://flightdeck.aceiot.cloud/api",
  SITE_NAME: "ses_falls_city,building_a",
  ALLOWED_ORIGINS: "https://app.example.com,https://admin.example.com",
  ACE_API_KEY: "ace-key",
  BACKFILL_API_KEY: KEY,
};

export const STATUS: Status = {
  status: "in_progress",
  backfill_id: "backfill_1697234567890_abc123def",
  start_date: "2024-01-01",
  end_date: "2024-12-31",
  current_date: "2024-06-15",
  days_completed: 165,
  days_total: 366,
  progress_percent: "45.08",
  records_processed: 617_304_510,
  started_at: "2025-10-14T08:00:00.000Z",
  last_updated: "2025-10-14T14:30:45.123Z",
  completed_at: null,
  estimated_completion: "2025-10-14T22:15:30.000Z",
  duration_seconds: 23_445,
  days_per_hour: 25.3,
  samples_per_second: 26_330,
  outcome: null,
  days_failed: 0,
  failed_days: [],
  throttled_until: null,
  metrics: null,
  sites: [],
  sites_unreachable: [],
  sites_stuck: [],
  alerts: [],
};

const PLAN: Plan = {
  status: "dry_run",
  start_date: "2024-01-01",
  end_date: "2024-12-31",
  estimated_days: 366,
  estimated_site_days: 732,
  days_to_fetch: 732,
  days_to_skip: 0,
  estimated_requests: 54_900,
  estimated_hours: 18.3,
  estimated_seconds: 65_880,
  requests_per_minute: 50,
  page_size: 50_000,
  sites: [],
};

export class FakeBackfill implements BackfillApi {
  readonly calls: unknown[][] = [];
  startOutcome: StartOutcome = {
    kind: "started",
    backfill_id: STATUS.backfill_id,
    start_date: "2024-01-01",
    end_date: "2024-12-31",
    estimated_days: 366,
    estimated_site_days: 732,
  };
  cancelOutcome: CancelOutcome = { kind: "nothing-running" };
  retryOutcome: RetryOutcome = { kind: "nothing-started" };
  auditOutcome: AuditOutcome = { kind: "started", sites: ["ses_falls_city", "building_a"] };
  current: Status | undefined;
  measured: Metrics = { at: NOW, status: undefined, totals: {}, permitsLastMinute: 0 };
  ownGate: GateView = { gate: "5f1c0a9e8b7d6c5f", permits_last_minute: 42, paused_until: null };
  foundSites: SiteSummary[] | SiteUnavailable = [];
  foundDays: DayView[] | SiteUnavailable = [];
  foundErrors: ErrorView[] = [];
  foundAudits: AuditView[] = [];
  foundDue: DueList = { paused: false, sites: [], sites_unavailable: [] };
  toMake: RollupsAccepted["sites"] | SiteUnavailable = [];
  foundRollups: SiteRollups[] | SiteUnavailable = [];
  currentDue: DueSummary | undefined;
  unreached: string[] = [];
  /** Thrown by every call. */
  fault: unknown;

  start = (request: unknown) => this.#record("start", this.startOutcome, request);
  plan = (request: unknown) => this.#record("plan", PLAN, request);
  status = () => this.#record("status", this.current);
  metrics = () => this.#record("metrics", this.measured);
  gate = () => this.#record("gate", this.ownGate);
  due = () => this.#record("due", this.foundDue);
  // Part of a status, and no call of its own.
  dueSummary = async () => this.currentDue;
  pauseDue = (paused: boolean) =>
    this.#record("pauseDue", { paused, sites_unreached: this.unreached }, paused);
  cancel = () => this.#record("cancel", this.cancelOutcome);
  retry = (selection: unknown) => this.#record("retry", this.retryOutcome, selection);
  sites = () => this.#record("sites", this.foundSites);
  days = (selection: unknown, limit: number) => this.#record("days", this.foundDays, selection, limit);
  errors = (selection: unknown, limit: number) =>
    this.#record("errors", { errors: this.foundErrors, sites_unavailable: [] }, selection, limit);
  verify = (request: unknown) => this.#record("verify", this.auditOutcome, request);
  rebuild = () => this.#record("rebuild", this.auditOutcome);
  audits = () => this.#record("audits", this.foundAudits);
  makeRollups = (selection: unknown) => this.#record("makeRollups", this.toMake, selection);
  rollups = () => this.#record("rollups", this.foundRollups);

  async #record<T>(name: string, outcome: T, ...given: unknown[]): Promise<T> {
    this.calls.push([name, ...given]);
    if (this.fault !== undefined) throw this.fault;
    return outcome;
  }
}

/** The app over a fake backfill, with virtual time: a sleep ends at once and moves the clock. */
export function underTest(env: Readonly<Record<string, unknown>> = ENV) {
  const backfill = new FakeBackfill();
  const logged: { level: string; message: string; fields: unknown }[] = [];
  const time = { now: NOW };
  const app = createBackfillApp<object>({
    backfill: () => backfill,
    clock: {
      now: () => time.now,
      sleep: async (ms) => {
        time.now += ms;
      },
    },
    log: (level, message, fields) => logged.push({ level, message, fields }),
    version: "1.0.0",
  });
  const request = async (path: string, init: RequestInit = {}) => app.request(path, init, env);
  return {
    backfill,
    logged,
    time,
    request,
    /** With the right token. */
    get: (path: string, init: RequestInit = {}) => request(path, { ...init, headers: bearer() }),
    post: (path: string, body?: unknown) =>
      request(path, {
        method: "POST",
        headers: { ...bearer(), "Content-Type": "application/json" },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
  };
}

export function bearer(token: string = KEY): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}
