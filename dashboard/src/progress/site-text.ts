import type { RollupCounts, SiteState, SiteView, Status } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { counted, duration, instant, integer } from "../formatting.ts";
import { isThrottled } from "./rates.ts";

/** The state of a site in one word. While the vendor's pause lasts, a site that would send requests is throttled. */
export function siteState(status: Status, view: SiteView, now: EpochMs): SiteState | "throttled" {
  if (!isThrottled(status, now)) return view.state;
  // A site that waits for longer waits for something else: the API can't be reached.
  const waitsForPause =
    view.state === "waiting" &&
    Date.parse(view.waiting_until ?? "") <= Date.parse(status.throttled_until ?? "");
  return view.state === "running" || waitsForPause ? "throttled" : view.state;
}

/** What a site does, or why it does nothing. */
export function siteDetail(status: Status, view: SiteView, now: EpochMs): string {
  if (status.sites_unreachable.includes(view.site)) return "not responding; these values are the last known";
  if (view.halt_reason) return view.halt_reason;
  if (siteState(status, view, now) === "waiting" && view.waiting_until)
    return sentence(`until ${instant(view.waiting_until)}`, view.last_error);
  if (view.state !== "running" && view.state !== "waiting")
    return status.sites_stuck.includes(view.site) ? "no progress for an hour" : "";
  return [workText(view), retryText(view, now), stuckText(status, view)].filter(Boolean).join("; ");
}

function workText({ current_date, phase, pages }: SiteView): string {
  return current_date ? `${current_date} ${phase ?? "starting"}, page ${pages}` : "";
}

/** "Roll-ups: 350 of 366 days by the hour, 335 days raw, making 2024-Q4"; nothing where no day is archived. */
export function rollupText({ rollups }: Pick<SiteView, "rollups">): string {
  if (!rollups || rollups.hourly.days_held + rollups.hourly.days_lacking === 0) return "";
  const { current_period, hourly, raw, last_error, state } = rollups;
  const days = `Roll-ups: ${rolledUp(hourly)} by the hour, ${rolledUp(raw)} raw`;
  const making = state === "running" && current_period ? `, making ${current_period}` : "";
  return sentence(`${days}${making}`, last_error);
}

const rolledUp = ({ days_held, days_lacking }: RollupCounts) =>
  days_lacking === 0
    ? counted(days_held, "day")
    : `${integer(days_held)} of ${counted(days_held + days_lacking, "day")}`;

/** "retrying 2024-01-11, try 3 of 4 in 5 s: HTTP 500" */
function retryText({ retrying }: SiteView, now: EpochMs): string {
  if (!retrying) return "";
  const what = retrying.date ?? "the list of points";
  const leftMs = Date.parse(retrying.next_at) - now;
  const when = leftMs > 0 ? ` in ${duration(leftMs)}` : "";
  return sentence(`retrying ${what}, try ${retrying.try} of ${retrying.tries_max}${when}`, retrying.reason);
}

const stuckText = (status: Status, { site }: SiteView) =>
  status.sites_stuck.includes(site) ? "no progress for an hour" : "";

const sentence = (what: string, why: string | null) => (why ? `${what}: ${why}` : what);
