/** What the shells of objects have in common. */
import { parseSiteName, type SiteName } from "../domain/site.ts";
import type { Log } from "../ports/ports.ts";

/** The name that the object was addressed by. Stored, because an alarm may start the object without it. */
export function siteNameOf({ id, storage }: DurableObjectState): SiteName {
  const site = parseSiteName(id.name ?? storage.kv.get<string>("site") ?? "");
  if (!site) throw new Error("this object was not addressed by the name of a site");
  if (storage.kv.get("site") !== site) storage.kv.put("site", site);
  return site;
}

/**
 * Stores the name that a caller of another Worker gives: the platform may not pass it on with such a call. Ignored if
 * it is not the name of this object.
 */
export function rememberSiteName(
  { id, storage }: DurableObjectState,
  namespace: DurableObjectNamespace,
  site: SiteName,
): void {
  const isOwn = storage.kv.get("site") === undefined && namespace.idFromName(site).equals(id);
  if (isOwn) storage.kv.put("site", site);
}

/** Handles an alarm, and sets it again if that fails, e.g. with an invalid configuration: the runtime stops after six retries. */
export async function retryingAlarm(
  ctx: DurableObjectState,
  log: Log,
  alarm: () => Promise<void>,
): Promise<void> {
  try {
    await alarm();
  } catch (error) {
    log("ERROR", "An alarm failed", { error: error instanceof Error ? error.message : String(error) });
    await ctx.storage.setAlarm(Date.now() + ALARM_RETRY_MS);
  }
}

const ALARM_RETRY_MS = 30_000;
