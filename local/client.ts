import type { AuditView, DayView, Status } from "../src/contract/backfill.ts";

export interface Reply<T> {
  readonly status: number;
  readonly body: T;
}

/** The Backfill Worker's HTTP API, as scripts and tests call it. */
export class BackfillClient {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async call<T = Record<string, unknown>>(
    method: "GET" | "POST",
    path: string,
    body?: unknown,
  ): Promise<Reply<T>> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as T };
  }

  start(startDate: string, endDate: string, more: Record<string, unknown> = {}) {
    return this.call("POST", "/backfill/start", { start_date: startDate, end_date: endDate, ...more });
  }

  cancel() {
    return this.call("POST", "/backfill/cancel");
  }

  async status(): Promise<Status> {
    return (await this.call<Status>("GET", "/backfill/status")).body;
  }

  async days(query = ""): Promise<DayView[]> {
    return (await this.call<{ days: DayView[] }>("GET", `/backfill/days${query}`)).body.days;
  }

  async audits(): Promise<AuditView[]> {
    return (await this.call<{ audits: AuditView[] }>("GET", "/backfill/verify")).body.audits;
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
