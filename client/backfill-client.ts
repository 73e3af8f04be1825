import type {
  AuditList,
  AuditView,
  DayList,
  DayView,
  NotStarted,
  Problem,
  Status,
} from "../src/contract/backfill.ts";
import { askWorker, granted, type Reply, type Worker } from "./call-worker.ts";

/** The Backfill Worker's HTTP API, as scripts and tests call it. */
export class BackfillClient {
  readonly worker: Worker;

  constructor(url: string, token: string | undefined) {
    this.worker = { name: "Backfill Worker", url, token };
  }

  call<T = Record<string, unknown>>(method: "GET" | "POST", path: string, body?: unknown): Promise<Reply<T>> {
    return askWorker(this.worker, path, { method, body });
  }

  /** The body of what was granted, with the field `has`; throws `Unable` with what the Worker says otherwise. */
  async ask<T extends object>(
    method: "GET" | "POST",
    path: string,
    has: keyof T & string,
    body?: unknown,
  ): Promise<T> {
    return granted<T>(this.worker, await this.call<T | Problem>(method, path, body), has);
  }

  start(startDate: string, endDate: string, more: Record<string, unknown> = {}) {
    return this.call("POST", "/backfill/start", { start_date: startDate, end_date: endDate, ...more });
  }

  cancel() {
    return this.call("POST", "/backfill/cancel");
  }

  /** Of the backfill that was started before. */
  status(): Promise<Status> {
    return this.ask<Status>("GET", "/backfill/status", "status");
  }

  /** undefined: none was ever started. */
  async current(): Promise<Status | undefined> {
    const status = await this.ask<Status | NotStarted>("GET", "/backfill/status", "status");
    return status.status === "not_started" ? undefined : status;
  }

  async days(query = ""): Promise<DayView[]> {
    return (await this.ask<DayList>("GET", `/backfill/days${query}`, "days")).days;
  }

  async audits(): Promise<AuditView[]> {
    return (await this.ask<AuditList>("GET", "/backfill/verify", "audits")).audits;
  }

  /** Polls until `enough`; throws with the last status where that takes longer than `msMax`. */
  async until(enough: (status: Status) => boolean, msMax = 60_000): Promise<Status> {
    const deadline = Date.now() + msMax;
    for (;;) {
      const status = await this.status().catch((error: unknown) => {
        if (Date.now() > deadline) throw error;
        return undefined;
      });
      if (status && enough(status)) return status;
      if (Date.now() > deadline)
        throw new Error(`not so after ${msMax} ms: ${JSON.stringify(status, null, 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Until nothing runs any more. */
  settled(msMax = 60_000): Promise<Status> {
    return this.until((status) => status.status !== "in_progress", msMax);
  }
}
