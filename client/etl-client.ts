import type { GateView, Problem, SyncHealth, SyncStatus, TriggerAccepted } from "../src/contract/etl.ts";
import { fetchJson, successBody, type Worker } from "./worker-request.ts";

/** A client of the ETL Sync Worker's HTTP API. */
export class EtlClient {
  readonly worker: Worker;

  constructor(url: string, token: string | undefined) {
    this.worker = { name: "ETL Sync Worker", url, token };
  }

  status(): Promise<SyncStatus> {
    return this.#request("GET", "/status", "sites");
  }

  /** Throws `CommandError` where the database can't be read or has no tables, with what helps as advice. */
  health(): Promise<SyncHealth> {
    return this.#request("GET", "/health", "database");
  }

  gate(): Promise<GateView> {
    return this.#request("GET", "/gate", "gate");
  }

  /** Begins a sync of one site, or of all; "running" where every one is in a sync already. */
  async trigger(site?: string): Promise<TriggerAccepted | "running"> {
    const query = site === undefined ? "" : `?${new URLSearchParams({ site })}`;
    const method = "POST";
    const response = await fetchJson<TriggerAccepted | Problem>(this.worker, `/trigger${query}`, { method });
    return response.status === 409 ? "running" : successBody(this.worker, response, "triggered_at");
  }

  async #request<T extends object>(method: "GET" | "POST", path: string, has: keyof T & string): Promise<T> {
    return successBody<T>(this.worker, await fetchJson<T | Problem>(this.worker, path, { method }), has);
  }
}
