import { Permits } from "../ace/client/client.ts";
import type { SiteSync as SiteSyncView } from "../contract/etl.ts";
import type { EpochMs } from "../domain/day.ts";
import type { EtlConfig } from "../domain/etl-config.ts";
import { lastSyncKey, syncMetricsKey, syncStateKey } from "../domain/layout.ts";
import type { SiteName } from "../domain/site.ts";
import { PointNames } from "../fetch/fetch.ts";
import { type Encode, HotWriter } from "../hot/hot.ts";
import { AlarmChain, type WorkAhead } from "../object/alarm/alarm.ts";
import type { Isolate } from "../object/isolate/isolate.ts";
import { ViewOutbox } from "../object/outbox/outbox.ts";
import { migrate } from "../object/tables/tables.ts";
import type { Sql } from "../ports/ports.ts";
import { boundedPorts } from "./bounded-ports.ts";
import type { SyncContext, SyncPorts } from "./context.ts";
import { SyncEngine } from "./engine/engine.ts";
import { ENCODE_BYTES, WINDOW_PAGES_MAX, WINDOW_SAMPLES_MAX } from "./limits.ts";
import { observeRequests } from "./observe-requests.ts";
import { reportOf, SyncAlerts } from "./report/report.ts";
import { getState, SYNC_TABLES, setState } from "./state/state.ts";
import { countingRows, nothingCounted } from "./sync-counts.ts";

/** What has become of a request for a sync; `at` is by the clock of the site's object. */
export type Triggered = { readonly kind: "started"; readonly at: EpochMs } | { readonly kind: "running" };

/** `etl:metrics:*` is kept for a week. */
const METRICS_TTL_S = 7 * 86_400;

/** The sync of one site: the only writer of its part of hot storage. Its alarm drives the engine every five minutes. */
export class SiteSync {
  readonly #context: SyncContext;
  readonly #engine: SyncEngine;
  readonly #alarms: AlarmChain;
  readonly #alerts: SyncAlerts;

  constructor(given: SyncPorts, site: SiteName, config: EtlConfig, isolate: Isolate) {
    const ports = boundedPorts(given);
    const { alarm, clock, gate, hot, log, store, view } = ports;
    store.tx((sql) => migrate(sql, SYNC_TABLES));
    const names = new PointNames(store, isolate, (sql) => getState(sql, "points")?.hash);
    const counts = nothingCounted();
    const encode: Encode = (samples, work) =>
      isolate.runExclusive(clock, async () => {
        const release = isolate.use(samples * ENCODE_BYTES);
        try {
          return work();
        } finally {
          release();
        }
      });
    this.#context = {
      ...ports,
      ...{ site, config, isolate },
      outbox: new ViewOutbox(store, clock, view),
      permits: new Permits(gate, clock, `live ${site}`, "live"),
      requests: observeRequests({ clock, log, site, store }, counts),
      fence: { signal: new AbortController().signal },
      steps: { runSamples: WINDOW_SAMPLES_MAX, runPages: WINDOW_PAGES_MAX },
      writer: new HotWriter(countingRows(hot, counts), encode),
      encode,
      points: () => names.current(),
      heartbeat: () => undefined,
    };
    this.#engine = new SyncEngine(this.#context, counts, (sql, least) => this.#show(sql, least));
    this.#alerts = new SyncAlerts(this.#context);
    this.#alarms = new AlarmChain({ alarm, clock, log, store }, () => this.#workAhead());
    isolate.dropReservations(site, clock.now());
    this.#beginVersion();
  }

  /** The cron trigger's call: sets the alarm where none is set, or the one that was set is lost. */
  wake(): Promise<void> {
    return this.#alarms.ensure();
  }

  /** Begins a sync now. A tick that is in no sync, because it has ended one or does something else, goes on with this one. */
  async trigger(): Promise<Triggered> {
    if (this.#engine.isTicking && this.#engine.running) return { kind: "running" };
    const at = this.#context.clock.now();
    this.#engine.request();
    await this.#alarms.wakeAt(at);
    return { kind: "started", at };
  }

  async report(): Promise<SiteSyncView> {
    await this.#alarms.ensure();
    return this.#context.store.tx((sql) => this.#report(sql));
  }

  alarm(): Promise<void> {
    return this.#alarms.handle(async () => {
      await this.#engine.runTick();
      await this.#alerts.update((sql) => this.#report(sql));
    });
  }

  #workAhead(): WorkAhead {
    const { workLeft, dueAt } = this.#engine.workAhead();
    return { workLeft, dueAt: [...dueAt, this.#context.store.tx((sql) => this.#alerts.dueAt(sql))] };
  }

  #report(sql: Sql): SiteSyncView {
    const { known, running, restUntil } = this.#engine;
    return reportOf(this.#context, sql, { known, running, restUntil });
  }

  /** Writes what KV shows, inside the transaction that ends a sync. */
  #show(sql: Sql, leastWatermarkMs: EpochMs | undefined): void {
    const { outbox, site } = this.#context;
    const report = this.#report(sql);
    outbox.enqueue(sql, syncStateKey(site), report, undefined, "progress");
    const run = report.last_sync;
    if (run) outbox.enqueue(sql, syncMetricsKey(site, run.started_at), run, METRICS_TTL_S, "transition");
    if (leastWatermarkMs !== undefined)
      outbox.enqueue(sql, lastSyncKey, leastWatermarkMs, undefined, "progress");
  }

  /** A deployment may have brought another key: what had halted the site is tried again. */
  #beginVersion(): void {
    const { isolate, store } = this.#context;
    const { codeVersion } = isolate;
    if (codeVersion === undefined) return;
    store.tx((sql) => {
      if (getState(sql, "codeVersion") === codeVersion) return;
      setState(sql, "codeVersion", codeVersion);
      setState(sql, "halt", undefined);
    });
  }
}
