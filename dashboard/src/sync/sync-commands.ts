import type { SyncStatus } from "../../../src/contract/etl.ts";
import { type Browser, storedValue } from "../browser.ts";
import { latestRequest, type Result, workerClient } from "../worker-api/worker-api.ts";
import { proposedSyncUrl, type SyncAction } from "./sync-state.ts";

export type SyncCommands = ReturnType<typeof syncCommands>;

/** A sync is every five minutes; this shows how far one is. */
const POLL_MS = 10_000;
/** An address that has never responded may be wrong: no reason to ask it often. */
const UNKNOWN_POLL_MS = 60_000;
const RESPONSE_MS_MAX = 20_000;

/** What an operator can do about the live sync. The ETL Sync Worker has another origin than this page; no token is sent. */
export function syncCommands(
  store: { dispatch(action: SyncAction): void },
  { fetch, storage, origin, now, sleep }: Browser,
) {
  const stored = storedValue(storage, "etl-url");
  const following = latestRequest();

  /** Polls the address until another is followed, or the session ends. */
  async function follow(base: string): Promise<void> {
    const signal = following.next();
    store.dispatch({ type: "address", url: base });
    const client = workerClient(fetch, base, undefined);
    let known = false;
    while (!signal.aborted) {
      const result = await client<SyncStatus>("GET", "/status", { signal, timeoutMs: RESPONSE_MS_MAX });
      if (signal.aborted) return;
      const error = errorOf(result);
      if (result.ok && error === undefined) {
        if (!known) stored.write(base);
        known = true;
        store.dispatch({ type: "status", status: result.body, at: now() });
      } else store.dispatch({ type: "failed", error: error ?? "" });
      await sleep(known ? POLL_MS : UNKNOWN_POLL_MS, signal);
    }
  }

  /** Why a result is no status. Another program may respond with 200 to anything. */
  function errorOf(result: Result<SyncStatus>): string | undefined {
    if (!result.ok) {
      const { status, message } = result.error;
      const hint = status === 0 ? ` Check the URL, and that its ALLOWED_ORIGINS includes ${origin}.` : "";
      return `${message}.${hint}`;
    }
    return Array.isArray(result.body.sites) ? undefined : "The response is not from the ETL Sync Worker.";
  }

  return {
    /** Follows the address that this tab stores, or the likely one; called when a session begins. */
    resume(): void {
      const base = stored.read() ?? proposedSyncUrl(origin);
      if (base !== "") void follow(base);
    },
    /** Follows an address that the operator has entered. */
    connect: (base: string) => void follow(base),
    /** Called when the session ends. */
    stop: () => following.abort(),
  };
}
