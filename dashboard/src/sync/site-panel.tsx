import type { SiteSync } from "../../../src/contract/etl.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { counted, instant, integer } from "../formatting.ts";
import { Metric } from "../metric.tsx";
import { agoText, dueDayText, dueText, hotText, lagText, rolledOverText, siteDetail } from "./sync-text.ts";
import { WindowChart } from "./window-chart.tsx";

/** The Live panel of a site: how fresh its samples are, its last windows, its hot and due days, and its errors. */
export function SitePanel({ view, workerNowMs }: { view: SiteSync; workerNowMs: EpochMs }) {
  const id = `live-${view.site}`;
  const due = view.due_days.filter(({ state }) => state !== "published");
  return (
    <section aria-labelledby={id}>
      <div class="heading">
        <h2 id={id}>{view.site}</h2>
        <span class="sync-state" data-state={view.state}>
          {view.state}
        </span>
      </div>
      <p class="detail">{siteDetail(view)}</p>
      <dl class="metrics small">
        <Metric name="Newest sample" value={agoText(view.newest_sample, workerNowMs)} />
        <Metric name="Lag" value={lagText(view.watermark, workerNowMs)} />
        <Metric name="Windows to read" value={integer(view.windows_missing)} />
        <Metric name="Points" value={view.points ? integer(view.points.count) : "–"} />
        <Metric name="Days in D1" value={hotText(view)} />
        <Metric name="Rolled over" value={rolledOverText(view)} />
        <Metric name="Due days" value={dueText(view)} />
        <Metric name="Errors" value={integer(view.totals.errors)} />
      </dl>
      <WindowChart windows={view.recent_windows} nowMs={workerNowMs} />
      {due.length > 0 && (
        <ul class="errors" aria-label={`Due days of ${view.site}`}>
          {due.map((day) => (
            <li key={`${day.date} ${day.reason}`} class={day.state === "failed" ? "error" : ""}>
              {day.date}: {dueDayText(day)}
            </li>
          ))}
        </ul>
      )}
      <Errors view={view} />
    </section>
  );
}

function Errors({ view }: { view: SiteSync }) {
  const { errors_recent, site } = view;
  if (errors_recent.length === 0) return null;
  return (
    <details>
      <summary>{counted(errors_recent.length, "recent error")}</summary>
      <ul class="errors" aria-label={`Errors of ${site}`}>
        {errors_recent.map(({ timestamp, error }) => (
          <li key={`${timestamp} ${error}`}>
            {instant(timestamp)}: {error}
          </li>
        ))}
      </ul>
    </details>
  );
}
