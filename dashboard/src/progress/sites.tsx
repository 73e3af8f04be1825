import type { SiteView, Status } from "../../../src/contract/backfill.ts";
import type { Shown } from "../app.tsx";
import { duration, instant, pace, whole } from "./figures.ts";
import { siteDaysPerHour, siteLeftMs } from "./pace.ts";

export function Sites({ state }: Pick<Shown, "state">) {
  const { status } = state.live;
  if (!status) return null;
  return (
    <section aria-labelledby="sites">
      <h2 id="sites">Sites</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scrolls" aria-label="Table of sites" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Site</th>
              <th scope="col">State</th>
              <th scope="col">Progress</th>
              <th scope="col" class="number">
                Days an hour
              </th>
              <th scope="col" class="number">
                Left
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
  const settled = view.days_completed + view.days_failed;
  const perHour = siteDaysPerHour(status, view);
  const leftMs = siteLeftMs(status, view);
  const failed = view.days_failed > 0 ? `, ${whole(view.days_failed)} failed` : "";
  return (
    <tr>
      <th scope="row">{view.site}</th>
      <td>
        <span class="state" data-state={view.state}>
          {view.state}
        </span>
        <span class="doing">{doing(status, view)}</span>
      </td>
      <td>
        <progress aria-label={`Days of ${view.site}`} max={Math.max(1, view.days_total)} value={settled} />
        <span class="doing">{`${whole(view.days_completed)} of ${whole(view.days_total)}${failed}`}</span>
      </td>
      <td class="number">{!perHour ? "–" : pace(perHour)}</td>
      <td class="number">{leftMs === undefined ? "–" : duration(leftMs)}</td>
      <td class="number">{whole(view.run.requests)}</td>
    </tr>
  );
}

/** What a site is at, or why it is at nothing. */
function doing(status: Status, view: SiteView): string {
  if (status.sites_unreachable.includes(view.site)) return "can't be reached; this is old";
  if (view.halt_reason) return view.halt_reason;
  if (view.waiting_until) return `until ${instant(view.waiting_until)}`;
  if (view.state === "running" && view.current_date)
    return `${view.current_date} ${view.phase ?? "planning"}, page ${view.pages}`;
  return status.sites_stuck.includes(view.site) ? "no progress for an hour" : "";
}
