import type { SiteView, Status } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { counted } from "../formatting.ts";
import { countText, ProgressBar } from "./progress-bar.tsx";
import { rollupText, siteDetail, siteState } from "./site-text.ts";

/** What each site does, and how far it is. */
export function Sites({ status, now }: { status: Status | undefined; now: EpochMs }) {
  if (!status) return null;
  return (
    <section aria-labelledby="sites">
      <h2 id="sites">Sites</h2>
      <ul class="site-list">
        {status.sites.map((view) => (
          <Site key={view.site} {...{ status, view, now }} />
        ))}
      </ul>
    </section>
  );
}

function Site({ status, view, now }: { status: Status; view: SiteView; now: EpochMs }) {
  const state = siteState(status, view, now);
  const counts = { total: view.days_total, completed: view.days_completed, failed: view.days_failed };
  const rollups = rollupText(view);
  return (
    <li>
      <strong>{view.site}</strong>
      <div>
        <span class="state" data-state={state}>
          {state}
        </span>
        <span class="detail">{siteDetail(status, view, now)}</span>
      </div>
      <div>
        <ProgressBar label={`Site-days of ${view.site}`} {...counts} />
        <span class="detail">{countText(counts)}</span>
      </div>
      <span class="detail">{counted(view.run.requests, "request")}</span>
      {rollups && <p class="detail rollups">{rollups}</p>}
      {view.warnings?.map(({ kind, message }) => (
        <p key={kind} class="warning">
          <strong>Warning</strong>: {message}
        </p>
      ))}
    </li>
  );
}
