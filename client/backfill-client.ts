import type {
  AuditList,
  AuditView,
  DayList,
  DayView,
  GateView,
  NotStarted,
  Problem,
  RollupList,
  SiteList,
  SiteRollups,
  SiteSummary,
  Status,
} from "../src/contract/backfill.ts";
import { fetchJson, type JsonResponse, successBody, type Worker } from "./worker-request.ts";

/** A client of the Backfill Worker's HTTP API. */
export class BackfillClient {
  readonly worker: Worker;

  constructor(url: string, token: string | undefined) {
    this.worker = { name: "Backfill Worker", url, token };
  }

  call<T = Record<string, unknown>>(
    method: "GET" | "POST",
    path: string,
    body?: unknown,
  ): Promise<JsonResponse<T>> {
    return fetchJson(this.worker, path, { method, body });
  }

  /** The body of a successful response, with the field `has`. Throws `CommandError` with the Worker's message otherwise. */
  async request<T extends object>(
    method: "GET" | "POST",
    path: string,
    has: keyof T & string,
    body?: unknown,
  ): Promise<T> {
    return successBody<T>(this.worker, await this.call<T | Problem>(method, path, body), has);
  }

  start(startDate: string, endDate: string, more: Record<string, unknown> = {}) {
    return this.call("POST", "/backfill/start", { start_date: startDate, end_date: endDate, ...more });
  }

  cancel() {
    return this.call("POST", "/backfill/cancel");
  }

  /** The status of the backfill, which must have been started before. */
  status(): Promise<Status> {
    return this.request<Status>("GET", "/backfill/status", "status");
  }

  /** The status of the latest backfill; undefined when none was ever started. */
  async current(): Promise<Status | undefined> {
    const status = await this.latest();
    return status.status === "not_started" ? undefined : status;
  }

  /** The same, with the due days where no backfill was ever started. */
  latest(): Promise<Status | NotStarted> {
    return this.request<Status | NotStarted>("GET", "/backfill/status", "status");
  }

  async sites(): Promise<SiteSummary[]> {
    return (await this.request<SiteList>("GET", "/backfill/sites", "sites")).sites;
  }

  gate(): Promise<GateView> {
    return this.request<GateView>("GET", "/backfill/gate", "gate");
  }

  async days(query = ""): Promise<DayView[]> {
    return (await this.request<DayList>("GET", `/backfill/days${query}`, "days")).days;
  }

  /** The roll-ups of every site. */
  async rollups(): Promise<SiteRollups[]> {
    return (await this.request<RollupList>("GET", "/backfill/rollups", "sites")).sites;
  }

  async audits(): Promise<AuditView[]> {
    return (await this.request<AuditList>("GET", "/backfill/verify", "audits")).audits;
  }

  /** Polls until `isEnough`, less often the longer it takes; throws with the last status after `msMax`. */
  async until(isEnough: (status: Status) => boolean, msMax = 120_000): Promise<Status> {
    const startedAt = Date.now();
    const deadline = startedAt + msMax;
    for (;;) {
      const status = await this.status().catch((error: unknown) => {
        if (Date.now() > deadline) throw error;
        return undefined;
      });
      if (status && isEnough(status)) return status;
      if (Date.now() > deadline)
        throw new Error(`not so after ${msMax} ms: ${JSON.stringify(status, null, 1)}`);
      const pollMs = Math.min(100 + (Date.now() - startedAt) / 20, 1_000);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  /** Polls until no backfill is running. */
  settled(msMax?: number): Promise<Status> {
    return this.until((status) => status.status !== "in_progress", msMax);
  }
}
