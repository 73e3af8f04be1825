import type { Alert, ErrorView } from "../contract/backfill.ts";
import type { EpochMs, UtcDay } from "../domain/day.ts";
import { errorKey } from "../domain/layout.ts";
import type { SiteName } from "../domain/site.ts";
import type { AlertOutbox } from "./alert-outbox.ts";
import { type AlertChanges, type AlertThresholds, changesOf, conditionsOf } from "./alerts.ts";
import type { Reports } from "./decide-job.ts";
import type { Job } from "./job.ts";
import { DAY_TTL_S, type Outbox } from "./outbox.ts";
import type { Log, Sql, Store } from "./ports.ts";
import { look, needsRestart, restarted, STUCK_MS, type Watch } from "./watch.ts";

/** Errors of the Coordinator's own; older ones make room. */
const ERRORS_KEPT = 500;
/** Behind the milliseconds of an error's time, where a site puts its index: none has this one. */
const OWN_INDEX = "999";

export interface WatchdogParts {
  readonly store: Store;
  readonly outbox: Outbox;
  /** For whoever is told when an alert is raised and when it is cleared. */
  readonly notices: AlertOutbox;
  readonly log: Log;
  readonly thresholds: AlertThresholds;
}

/**
 * The Coordinator's eye on its sites, which needs no help of theirs: what it has seen is in the Coordinator's own database,
 * written in the transaction of the state it belongs to, so a crash neither repeats an alert nor loses one.
 */
export class Watchdog {
  readonly #parts: WatchdogParts;
  /** Of this incarnation: time before its first look was watched by nobody. */
  #lookedAt: EpochMs | undefined;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
    parts.store.tx((sql) => {
      // One row each for all sites: a look is one write, however many they are.
      sql.run("CREATE TABLE IF NOT EXISTS watchdog (name TEXT PRIMARY KEY, body TEXT NOT NULL)");
      sql.run(`CREATE TABLE IF NOT EXISTS error (
        at INTEGER PRIMARY KEY, site TEXT, date TEXT, body TEXT NOT NULL)`);
    });
  }

  /** One look at all sites; `heard` are those that have just spoken. Alerts are raised and cleared by it. */
  look(sql: Sql, job: Job, reports: Reports, heard: ReadonlySet<string>, now: EpochMs): void {
    const elapsedMs = now - (this.#lookedAt ?? now);
    this.#lookedAt = now;
    const before = readWatches(sql);
    const looked = (site: SiteName) =>
      look(before.get(site), job, reports.get(site), heard.has(site), elapsedMs);
    const watches = new Map(job.sites.map((site) => [site, looked(site)]));
    writeWatches(sql, watches);
    const alerts = readAlerts(sql);
    const { thresholds } = this.#parts;
    const changes = changesOf(alerts, conditionsOf(alerts, job, reports, watches, thresholds, now));
    this.#tell(sql, job, changes, now);
  }

  /** Sites whose objects are to be ended now. Committed before it is done: a crash in between costs an hour, not a second restart. */
  restarts(job: Job): SiteName[] {
    const { store, log } = this.#parts;
    return store.tx((sql) => {
      const watches = readWatches(sql);
      const due = job.sites.filter((site) => {
        const watch = watches.get(site);
        if (!watch || !needsRestart(watch)) return false;
        watches.set(site, restarted(watch));
        return true;
      });
      writeWatches(sql, watches);
      const silence = "has shown no sign of life for an hour and is restarted";
      for (const site of due) log("ERROR", `[BACKFILL] Site ${site} ${silence}`, { site });
      return due;
    });
  }

  /** For the status. */
  findings(sql: Sql, job: Job): { alerts: Alert[]; stuck: SiteName[] } {
    const watches = readWatches(sql);
    const stuck = job.sites.filter((site) => (watches.get(site)?.standingMs ?? 0) >= STUCK_MS);
    return { alerts: readAlerts(sql), stuck };
  }

  /** Stuck days, which their sites may be unable to speak of. */
  errors(selection: {
    site?: SiteName | undefined;
    from?: UtcDay | undefined;
    to?: UtcDay | undefined;
    limit: number;
  }): ErrorView[] {
    const { site, from, to, limit } = selection;
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

  #tell(sql: Sql, job: Job, { alerts, raised, cleared }: AlertChanges, now: EpochMs): void {
    const { notices, log } = this.#parts;
    write(sql, "alerts", alerts);
    // First what is over: of one day of a site after another, the last word is about the one that stands.
    for (const alert of cleared) {
      notices.stage(sql, alert, "cleared", now);
      log("INFO", `[BACKFILL] Alert is over: ${alert.message}`, { ...alert });
    }
    for (const alert of raised) {
      if (alert.alert === "backfill_stuck") this.#keepError(sql, job, alert, now);
      notices.stage(sql, alert, "raised", now);
      log("ERROR", `[BACKFILL] Alert: ${alert.message}`, { ...alert });
    }
  }

  #keepError(sql: Sql, { backfillId }: Job, alert: Alert, now: EpochMs): void {
    const [last] = sql.all<{ at: number | null }>("SELECT max(at) AS at FROM error");
    const at = Math.max(now, (last?.at ?? 0) + 1);
    const timestamp = new Date(at).toISOString().replace("Z", `${OWN_INDEX}Z`);
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
    this.#parts.outbox.stage(sql, errorKey(backfillId, timestamp), entry, DAY_TTL_S, "transition");
  }
}

function readWatches(sql: Sql): Map<SiteName, Watch> {
  return new Map(read<[SiteName, Watch]>(sql, "watches"));
}

function writeWatches(sql: Sql, watches: ReadonlyMap<SiteName, Watch>): void {
  write(sql, "watches", [...watches]);
}

function readAlerts(sql: Sql): Alert[] {
  return read(sql, "alerts");
}

function read<T>(sql: Sql, name: "watches" | "alerts"): T[] {
  const [row] = sql.all<{ body: string }>("SELECT body FROM watchdog WHERE name = ?", name);
  return row ? (JSON.parse(row.body) as T[]) : [];
}

function write(sql: Sql, name: "watches" | "alerts", all: readonly unknown[]): void {
  sql.run(
    `INSERT INTO watchdog VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body
       WHERE body <> excluded.body`,
    name,
    JSON.stringify(all),
  );
}
