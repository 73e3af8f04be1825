import { setTimeout as sleep } from "node:timers/promises";
import type { EtlClient } from "../../client/client.ts";
import type { SiteSync } from "../../src/contract/etl.ts";

const POLL_MS = 2_000;
/** By then a site has samples, or its state says why not; its later states are what `npx bv-backfill sync` shows. */
const REPORT_MS_MAX = 600_000;

/** Prints a line for each site, once its first samples are in hot storage or it has halted. Ends with the signal. */
export async function reportFirstSync(
  etl: Pick<EtlClient, "status">,
  sites: readonly string[],
  print: (line: string) => void,
  signal: AbortSignal,
  pollMs = POLL_MS,
): Promise<void> {
  const left = new Set(sites);
  const deadline = Date.now() + REPORT_MS_MAX;
  while (left.size > 0 && !signal.aborted && Date.now() < deadline) {
    const status = await etl.status().catch(() => undefined);
    for (const site of status?.sites ?? []) {
      const line = left.has(site.site) ? firstSyncLine(site, Date.now()) : undefined;
      if (line === undefined) continue;
      left.delete(site.site);
      print(line);
    }
    await sleep(pollMs, undefined, { ref: false });
  }
}

/** undefined while a site has neither samples nor halted. */
export function firstSyncLine(site: SiteSync, now: number): string | undefined {
  if (site.state === "halted") return `${site.site} is halted: ${site.halt_reason ?? "no reason is known"}`;
  if (site.newest_sample === null) return undefined;
  return `${site.site} is synced: its newest sample is ${ageText(now - Date.parse(site.newest_sample))} old`;
}

/** An age to the second below two minutes, and to the minute above. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
