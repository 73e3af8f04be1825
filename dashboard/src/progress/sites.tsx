import type { SiteView, Status } from "../../../src/contract/backfill.ts";
import { duration, instant, integer, rate } from "../formatting.ts";
import { siteDaysPerHour, siteLeftMs } from "./rates.ts";

export function Sites({ status }: { status: Status | undefined }) {
  if (!status) return null;
  return (
    <section aria-labelledby="sites">
      <h2 id="sites">Sites</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must reach a region that scrolls */}
      <section class="scrolls" aria-label="Table of sites" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Site</th>
              <th scope="col">State</th>
              <th scope="col">Progress</th>
              <th scope="col" class="number">
                Days per hour
              </th>
              <th scope="col" class="number">
                Time left
              </th>
              <th scope="col" class="number">
                Requests
              </th>
            </tr>
          </thead>
          <tbody>
            {status.sites.map((view) => (
              <Row key={view.site} status={status} view={view} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Row({ status, view }: { status: Status; view: SiteView }) {
  const finished = view.days_completed + view.days_failed;
  const perHour = siteDaysPerHour(status, view);
  const leftMs = siteLeftMs(status, view);
  const failed = view.days_failed > 0 ? `, ${integer(view.days_failed)} failed` : "";
  return (
    <tr>
      <th scope="row">{view.site}</th>
      <td>
        <span class="state" data-state={view.state}>
          {view.state}
        </span>
        <span class="detail">{detailText(status, view)}</span>
      </td>
      <td>
        <progress aria-label={`Days of ${view.site}`} max={Math.max(1, view.days_total)} value={finished} />
        <span class="detail">{`${integer(view.days_completed)} of ${integer(view.days_total)}${failed}`}</span>
      </td>
      <td class="number">{!perHour ? "–" : rate(perHour)}</td>
      <td class="number">{leftMs === undefined ? "–" : duration(leftMs)}</td>
      <td class="number">{integer(view.run.requests)}</td>
    </tr>
  );
}

/** What a site does, or why it does nothing. */
function detailText(status: Status, view: SiteView): string {
  if (status.sites_unreachable.includes(view.site)) return "unreachable; last known values";
  if (view.halt_reason) return view.halt_reason;
  if (view.waiting_until) return `waiting until ${instant(view.waiting_until)}`;
  if (view.state === "running" && view.current_date)
    return `${view.current_date} ${view.phase ?? "planning"}, page ${view.pages}`;
  return status.sites_stuck.includes(view.site) ? "no progress for an hour" : "";
}
