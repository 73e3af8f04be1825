import type { Alert, DaySelection, ErrorView } from "../../contract/backfill.ts";
import type { EpochMs } from "../../domain/day.ts";
import { errorKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import { type AlertOutbox, DAY_TTL_S, type ViewOutbox } from "../../object/outbox/outbox.ts";
import type { Table } from "../../object/tables/tables.ts";
import type { Job, Reports, SiteDue } from "../job/job.ts";
import type { Log, Sql, Store } from "../ports.ts";
import {
  type AlertChanges,
  type AlertThresholds,
  changesOf,
  conditionsOf,
  dueConditionsOf,
} from "./alerts.ts";
import {
  type DueSilence,
  isDueSilent,
  isStuck,
  type Liveness,
  needsRestart,
  observe,
  observeDue,
  restarted,
} from "./liveness.ts";

export type { AlertThresholds } from "./alerts.ts";

/** The Coordinator's own errors; the oldest make room. */
const ERRORS_KEPT = 500;
/** Stands behind the milliseconds of an error's time, where a site puts its index; no site has this index. */
const COORDINATOR_INDEX = "999";

export const watchdogTables: readonly Table[] = [
  {
    // One row for all sites together, so that an observation is one write.
    name: "watchdog",
    migrations: {
      1: ["CREATE TABLE IF NOT EXISTS watchdog (name TEXT PRIMARY KEY, body TEXT NOT NULL)"],
      // The observations have other fields now; they start again from nothing.
      2: ["DELETE FROM watchdog WHERE name = 'watches'"],
    },
  },
  {
    name: "error",
    migrations: {
      1: [
        `CREATE TABLE IF NOT EXISTS error (
           at INTEGER PRIMARY KEY, site TEXT, date TEXT, body TEXT NOT NULL)`,
      ],
    },
  },
];

export interface WatchdogParts {
  readonly store: Store;
  readonly view: ViewOutbox;
  readonly alerts: AlertOutbox<Alert>;
  readonly log: Log;
  readonly thresholds: AlertThresholds;
}

/**
 * Observes the sites without their help. What it has observed is stored in the Coordinator's database, in the
 * transaction of the state that it belongs to, so that a crash neither repeats an alert nor loses one.
 */
export class Watchdog {
  readonly #parts: WatchdogParts;
  /** Of this incarnation: the time before its first observation was not observed. */
  #observedAt: EpochMs | undefined;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
  }

  /** Observes all sites; `responded` are those whose report has just been received. Raises and clears alerts. */
  observe(sql: Sql, job: Job, reports: Reports, responded: ReadonlySet<string>, now: EpochMs): void {
    const elapsedMs = now - (this.#observedAt ?? now);
    this.#observedAt = now;
    const before = readLiveness(sql);
    const observed = (site: SiteName) =>
      observe(before.get(site), job, reports.get(site), responded.has(site), elapsedMs);
    const liveness = new Map(job.sites.map((site) => [site, observed(site)]));
    write(sql, "liveness", [...liveness]);
    const alerts = read<Alert>(sql, "alerts");
    const { thresholds } = this.#parts;
    const changes = changesOf(alerts, conditionsOf(alerts, job, reports, liveness, thresholds, now));
    write(sql, "alerts", changes.alerts);
    for (const alert of changes.raised) {
      if (alert.alert === "backfill_stuck") this.#recordError(sql, job, alert, now);
    }
    this.#notify(sql, changes, now);
  }

  /** Raises and clears the alerts on due days, by what the sites have said last. They belong to no job. */
  observeDue(sql: Sql, reports: ReadonlyMap<SiteName, SiteDue>, paused: boolean, now: EpochMs): void {
    const alerts = read<Alert>(sql, "due_alerts");
    const changes = changesOf(alerts, dueConditionsOf(reports, paused, now));
    write(sql, "due_alerts", changes.alerts);
    this.#notify(sql, changes, now);
    const before = new Map(read<[SiteName, DueSilence]>(sql, "due_silence"));
    const silences = [...reports].flatMap(([site, report]) => {
      const silence = observeDue(before.get(site), report, now);
      return silence ? [[site, silence] as const] : [];
    });
    write(sql, "due_silence", silences);
  }

  /**
   * The sites whose objects have to be restarted because work on due days shows no heartbeat. `observed` are those that
   * are observed for the job. Committed before the restart, as for `restarts`.
   */
  dueRestarts(observed: ReadonlySet<SiteName>, now: EpochMs): SiteName[] {
    const { store, log } = this.#parts;
    return store.tx((sql) => {
      const silences = read<[SiteName, DueSilence]>(sql, "due_silence");
      const silent = silences
        .filter(([site, silence]) => isDueSilent(silence, now) && !observed.has(site))
        .map(([site]) => site);
      const again = silences.map(([site, silence]) =>
        silent.includes(site) ? [site, { ...silence, since: now }] : [site, silence],
      );
      write(sql, "due_silence", again);
      for (const site of silent)
        log("ERROR", `Site ${site} has shown no heartbeat for an hour and is restarted`, { site });
      return silent;
    });
  }

  /**
   * The sites whose objects have to be restarted now. Committed before the restart: a crash in between delays
   * the restart by an hour and never repeats it.
   */
  restarts(job: Job): SiteName[] {
    const { store, log } = this.#parts;
    return store.tx((sql) => {
      const all = readLiveness(sql);
      const due = job.sites.filter((site) => {
        const liveness = all.get(site);
        if (!liveness || !needsRestart(liveness)) return false;
        all.set(site, restarted(liveness));
        return true;
      });
      write(sql, "liveness", [...all]);
      for (const site of due) {
        log("ERROR", `Site ${site} has shown no heartbeat for an hour and is restarted`, { site });
      }
      return due;
    });
  }

  /** For the status. */
  findings(sql: Sql, job: Job): { alerts: Alert[]; stuck: SiteName[] } {
    const liveness = readLiveness(sql);
    const alerts = [...read<Alert>(sql, "alerts"), ...this.dueAlerts(sql)];
    return { alerts, stuck: job.sites.filter((site) => isStuck(liveness.get(site))) };
  }

  dueAlerts(sql: Sql): Alert[] {
    return read(sql, "due_alerts");
  }

  /** Errors of days without progress, which their sites may be unable to report; the newest first. */
  errors({ site, from, to }: DaySelection, limit: number): ErrorView[] {
    return this.#parts.store.tx((sql) =>
      sql
        .all<{ body: string }>(
          `SELECT body FROM error WHERE coalesce(?, site) = site
             AND coalesce(date, '') >= ? AND coalesce(date, '') <= ? ORDER BY at DESC LIMIT ?`,
          site ?? null,
          from ?? "",
          to ?? "9999",
          limit,
        )
        .map((row) => JSON.parse(row.body) as ErrorView),
    );
  }

  #notify(sql: Sql, { raised, cleared }: AlertChanges, now: EpochMs): void {
    const { alerts: outbox, log } = this.#parts;
    // The cleared first: where a site's alert on one day follows that on another, the last notice is the one that holds.
    for (const alert of cleared) {
      outbox.enqueue(sql, alert, "cleared", now);
      log("INFO", `Alert is over: ${alert.message}`, { ...alert });
    }
    for (const alert of raised) {
      outbox.enqueue(sql, alert, "raised", now);
      log("ERROR", `Alert: ${alert.message}`, { ...alert });
    }
  }

  #recordError(sql: Sql, { backfillId }: Job, alert: Alert, now: EpochMs): void {
    const [last] = sql.all<{ at: number | null }>("SELECT max(at) AS at FROM error");
    const at = Math.max(now, (last?.at ?? 0) + 1);
    const timestamp = new Date(at).toISOString().replace("Z", `${COORDINATOR_INDEX}Z`);
    const { site, date, phase, since, message } = alert;
    const entry: ErrorView = {
      backfill_id: backfillId,
      timestamp,
      error: `${message} since ${since}`,
      stack: `stuck: ${message}`,
      context: { site, ...(date === null ? {} : { date }), phase, since },
    };
    sql.run("INSERT INTO error VALUES (?, ?, ?, ?)", at, site, date, JSON.stringify(entry));
    sql.run("DELETE FROM error WHERE at NOT IN (SELECT at FROM error ORDER BY at DESC LIMIT ?)", ERRORS_KEPT);
    this.#parts.view.enqueue(sql, errorKey(backfillId, timestamp), entry, DAY_TTL_S, "transition");
  }
}

function readLiveness(sql: Sql): Map<SiteName, Liveness> {
  return new Map(read<[SiteName, Liveness]>(sql, "liveness"));
}

type Observed = "liveness" | "alerts" | "due_alerts" | "due_silence";

function read<T>(sql: Sql, name: Observed): T[] {
  const [row] = sql.all<{ body: string }>("SELECT body FROM watchdog WHERE name = ?", name);
  return row ? (JSON.parse(row.body) as T[]) : [];
}

function write(sql: Sql, name: Observed, all: readonly unknown[]): void {
  sql.run(
    `INSERT INTO watchdog VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body
       WHERE body <> excluded.body`,
    name,
    JSON.stringify(all),
  );
}
