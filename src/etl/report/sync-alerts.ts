import type { SiteSync, SyncAlert } from "../../contract/etl.ts";
import type { EpochMs } from "../../domain/day.ts";
import { AlertOutbox } from "../../object/outbox/outbox.ts";
import type { Sql } from "../../ports/ports.ts";
import type { SyncContext } from "../context.ts";
import { getState, setState } from "../state/state.ts";
import { alertsAt, isSame } from "./alerts.ts";

/** The alerts of a site: raised and cleared in the transaction that stores them, and told to the webhook. */
export class SyncAlerts {
  readonly #context: SyncContext;
  readonly #outbox: AlertOutbox<SyncAlert>;

  constructor(context: SyncContext) {
    const { clock, log, receiver, site, store } = context;
    this.#context = context;
    this.#outbox = new AlertOutbox<SyncAlert>(store, clock, receiver, log, {
      title: "Sync alert",
      keyPrefix: () => `sync-${site}`,
    });
  }

  /** When the next notice is to be sent. */
  dueAt(sql: Sql): EpochMs | undefined {
    return this.#outbox.dueAt(sql);
  }

  /** Compares the alerts with the site's report, and sends the notices of those that were raised or cleared. */
  async update(report: (sql: Sql) => SiteSync): Promise<void> {
    const databaseBytes = await this.#databaseBytes();
    const { clock, store } = this.#context;
    store.tx((sql) => {
      const before = getState(sql, "alerts");
      const isDatabaseFull = getState(sql, "hotPause")?.kind === "full";
      const now = clock.now();
      const rollOvers = Object.entries(getState(sql, "rollOvers"));
      const daysKept = rollOvers.filter(([, { isKept }]) => isKept).map(([day]) => day);
      const facts = { report: report(sql), databaseBytes, isDatabaseFull, daysKept };
      const alerts = alertsAt(facts, before, new Date(now).toISOString());
      setState(sql, "alerts", alerts);
      for (const alert of alerts)
        if (!before.some((each) => isSame(each, alert))) this.#tell(sql, alert, "raised", now);
      for (const alert of before)
        if (!alerts.some((each) => isSame(each, alert))) this.#tell(sql, alert, "cleared", now);
    });
    await this.#outbox.deliver();
  }

  #tell(sql: Sql, alert: SyncAlert, state: "raised" | "cleared", now: EpochMs): void {
    const { log, site } = this.#context;
    log(state === "raised" ? "ERROR" : "INFO", `Alert ${state}: ${alert.message}`, {
      site,
      alert: alert.alert,
    });
    this.#outbox.enqueue(sql, alert, state, now);
  }

  /** The first site's object looks after the database, which all sites share. */
  async #databaseBytes(): Promise<number | undefined> {
    const { config, hot, site } = this.#context;
    return config.sites[0] === site ? hot.size().catch(() => undefined) : undefined;
  }
}
