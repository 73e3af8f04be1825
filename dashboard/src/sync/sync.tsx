import type { SyncAlert } from "../../../src/contract/etl.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { AlertLine } from "../alert-line.tsx";
import { counted, duration, integer } from "../formatting.ts";
import { SitePanel } from "./site-panel.tsx";
import { SyncAddress } from "./sync-address.tsx";
import type { SyncCommands } from "./sync-commands.ts";
import { type SyncState, silentMs, workerNow } from "./sync-state.ts";
import { summaryText } from "./sync-text.ts";

export { syncCommands } from "./sync-commands.ts";
export { NO_SYNC, reduceSync, type SyncAction, type SyncState } from "./sync-state.ts";

interface SyncProps {
  readonly sync: SyncState;
  readonly now: EpochMs;
}

/** The view of live data: a panel a site. */
export function LiveData({ sync, now, commands }: SyncProps & { commands: SyncCommands }) {
  const { status } = sync;
  if (!status) return <NotConnected sync={sync} commands={commands} />;
  const silent = silentMs(sync, now);
  const workerNowMs = workerNow(sync, now);
  return (
    <>
      <SyncAlerts sync={sync} />
      <section aria-labelledby="live-data">
        <h2 id="live-data">
          Live data <small>{summaryText(status, workerNowMs)}</small>
        </h2>
        <p class="hint">
          The last {counted(status.hot_days, "day")} are in D1. A day is archived{" "}
          {integer(status.archive_after_hours)} hours after its end.
        </p>
        <p class="error" role="status">
          {silent !== undefined && "No response from the ETL Sync Worker."}
        </p>
        {silent !== undefined && (
          <p class="hint">
            The values shown are {duration(silent)} old. {sync.error}
          </p>
        )}
        <details>
          <summary>Address of the ETL Sync Worker</summary>
          <SyncAddress sync={sync} commands={commands} />
        </details>
      </section>
      <div class="live">
        {status.sites.map((view) => (
          <SitePanel key={view.site} view={view} workerNowMs={workerNowMs} />
        ))}
      </div>
    </>
  );
}

function NotConnected({ sync, commands }: { sync: SyncState; commands: SyncCommands }) {
  return (
    <section class="sign-in" aria-labelledby="live-data">
      <h2 id="live-data">Live data</h2>
      <p class="hint">
        {sync.url === undefined
          ? "The ETL Sync Worker keeps the last days in D1, a few minutes behind the API."
          : sync.error === undefined
            ? `Connecting to ${sync.url} …`
            : `No ETL Sync Worker responds at ${sync.url}.`}
      </p>
      <p class="error" role="alert">
        {sync.error}
      </p>
      <SyncAddress sync={sync} commands={commands} />
    </section>
  );
}

const NAMES: Readonly<Record<SyncAlert["alert"], string>> = {
  sync_lag: "Live data is late",
  roll_over_failing: "Archiving fails",
  database_full: "D1 is almost full",
};

/** Conditions of the live sync that need an operator. */
export function SyncAlerts({ sync: { status } }: Pick<SyncProps, "sync">) {
  const unreachable = status?.sites_unreachable ?? [];
  return (
    <div class="alerts">
      {(status?.alerts ?? []).map(({ alert, day, ...shown }) => (
        <AlertLine key={`${alert} ${shown.site} ${day}`} name={NAMES[alert] ?? alert} {...shown} />
      ))}
      {unreachable.length > 0 && (
        <p>
          <strong role="alert">No live data</strong>: no response from {unreachable.join(", ")}.
        </p>
      )}
      {(status?.warnings ?? []).map((warning) => (
        <p key={warning}>
          <strong>Warning</strong>: {warning}
        </p>
      ))}
    </div>
  );
}

/** The live sync in a line, for the view of the backfill; nothing where no ETL Sync Worker is known. */
export function SyncSummary({ sync, now, href }: SyncProps & { href: string }) {
  if (!sync.status) return null;
  const silent = silentMs(sync, now);
  return (
    <p class="live-summary">
      <a href={href}>Live data</a>: {summaryText(sync.status, workerNow(sync, now))}
      {silent !== undefined && `; no response for ${duration(silent)}`}
    </p>
  );
}
