import { Permits } from "../../ace/client/client.ts";
import { Mutex } from "../../concurrency/concurrency.ts";
import type { Config } from "../../domain/config.ts";
import type { UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import { PointNames } from "../../fetch/fetch.ts";
import type { Isolate } from "../../object/isolate/isolate.ts";
import { ViewOutbox, viewOutboxTables } from "../../object/outbox/outbox.ts";
import { migrate } from "../../object/tables/tables.ts";
import type { DueDay, DueDays, DueOptions, DueReport, HotSamples, PointCounts } from "../../ports/due.ts";
import type {
  AuditRequest,
  DueTrack,
  RollupRange,
  RollupsToMake,
  SiteAnswer,
  SiteJob,
  SiteQuery,
  SiteReport,
} from "../job/job.ts";
import type { SitePeer } from "../ports.ts";
import { auditTable, auditView, beginAudit } from "./audit/audit.ts";
import { type SiteContext, type SitePorts, STEP_SIZES, type StepSizes } from "./context.ts";
import { countPoints, dueEntries, dueView, setDueDays, takeDueTrack, withDue } from "./due/due.ts";
import { applyJob, boundedPorts, dropStale, Engine } from "./engine/engine.ts";
import { addHotRows, hotRowTable } from "./hot-rows/hot-rows.ts";
import {
  archivedDays,
  dayViews,
  estimate,
  getState,
  ledgerTables,
  noRequests,
  recentErrors,
} from "./ledger/ledger.ts";
import { pointRowTable } from "./points/points.ts";
import { requestRollups, rollupPeriods, rollupTables, rollupView, withRollups } from "./rollup/rollup.ts";

export type { SitePorts, StepSizes } from "./context.ts";

/** All tables of a site's database, in the order in which they are migrated. */
export const SITE_TABLES = [
  auditTable,
  hotRowTable,
  pointRowTable,
  ...rollupTables,
  ...ledgerTables,
  ...viewOutboxTables,
];

/** The backfill of one site: the only writer of its ledger, staged work and errors. Its alarm drives the engine. */
export class SiteBackfill implements SitePeer, DueDays {
  readonly #context: SiteContext;
  readonly #engine: Engine;

  /** `steps`: tests use small ones, to make many commits of little data. */
  constructor(
    ports: SitePorts,
    site: SiteName,
    config: Config,
    isolate: Isolate,
    steps: StepSizes = STEP_SIZES,
  ) {
    ports.store.tx((sql) => migrate(sql, SITE_TABLES));
    const connection = new Mutex();
    const bounded = boundedPorts(ports, connection);
    const points = new PointNames(ports.store, isolate, (sql) => getState(sql, "points")?.hash);
    const context: SiteContext = {
      ...bounded,
      site,
      siteIndex: Math.max(0, config.sites.indexOf(site)),
      config,
      isolate,
      steps,
      outbox: new ViewOutbox(bounded.store, bounded.clock, bounded.view, connection),
      connection,
      points: () => points.current(),
      windows: new Map(),
      permits: new Permits(bounded.gate, bounded.clock, site),
      uncounted: noRequests(),
    };
    this.#context = context;
    this.#engine = new Engine(context);
    isolate.dropReservations(site, ports.clock.now());
    ports.store.tx((sql) => {
      this.#engine.recordRestart(sql);
      dropStale(context, sql);
    });
  }

  async apply(job: SiteJob): Promise<SiteReport> {
    const applied = this.#context.store.tx((sql) => applyJob(this.#context, sql, job));
    // Before the response: a caller that cancels relies on it that nothing of the old epoch starts a publication.
    if (applied === "new epoch") this.#engine.running.abort("job");
    if (applied !== "known") await this.#engine.alarms.wakeAt(this.#context.clock.now());
    return this.report();
  }

  async report(track?: DueTrack): Promise<SiteReport> {
    if (track) this.#applyDueTrack(track);
    // Sets the alarm where there is work and none is set, or the one that was set is lost.
    await this.#engine.alarms.ensure();
    return this.#engine.running.report();
  }

  async read(query: SiteQuery): Promise<SiteAnswer> {
    const { clock, site, store } = this.#context;
    return store.tx((sql): SiteAnswer => {
      switch (query.kind) {
        case "days":
          return {
            days: withRollups(sql, withDue(dayViews(sql, site, query), dueEntries(sql, clock.now()))),
          };
        case "errors":
          return { errors: recentErrors(sql, query) };
        case "estimate":
          return { estimate: estimate(sql, query.from, query.to, query.requiredBackfillId) };
        case "archived":
          return { archived: archivedDays(sql) };
        case "audit":
          return { audit: auditView(sql, site) };
        case "due":
          return {
            due: { view: dueView(sql, site, clock.now()), days: dueEntries(sql, clock.now()) },
          };
        case "rollups": {
          const view = rollupView(sql, this.#engine.running.keys.has("rollup"), clock.now());
          return { rollups: { site, ...view, ...rollupPeriods(sql, clock.now()) } };
        }
        default:
          return query satisfies never;
      }
    });
  }

  async setDue(days: readonly DueDay[], options?: DueOptions): Promise<DueReport> {
    const { clock, store } = this.#context;
    const report = store.tx((sql) => {
      setDueDays(this.#context, sql, days, options);
      return { paused: getState(sql, "dueTrack").paused, days: dueEntries(sql, clock.now()) };
    });
    await this.#engine.alarms.ensure();
    return report;
  }

  async countPoints(date: UtcDay): Promise<PointCounts | undefined> {
    return countPoints(this.#context, date);
  }

  async addHotSamples(date: UtcDay, samples: HotSamples): Promise<void> {
    const { store } = this.#context;
    store.tx((sql) => addHotRows(sql, date, samples));
    await this.#engine.alarms.ensure();
    await store.sync();
  }

  async audit(request: AuditRequest): Promise<"started" | "audit-running"> {
    const { clock, store } = this.#context;
    const begun = store.tx((sql) => beginAudit(sql, request, clock.now()));
    if (begun === "started") await this.#engine.alarms.wakeAt(clock.now());
    else await this.#engine.alarms.ensure();
    return begun;
  }

  async makeRollups(range: RollupRange): Promise<RollupsToMake> {
    const { clock, store } = this.#context;
    const toMake = store.tx((sql) => requestRollups(sql, range, clock.now()));
    await this.#engine.alarms.ensure();
    await store.sync();
    return toMake;
  }

  /** Before any response: nothing of an earlier epoch starts a publication after it. */
  #applyDueTrack(track: DueTrack): void {
    const { store } = this.#context;
    if (store.tx((sql) => takeDueTrack(this.#context, sql, track))) this.#engine.running.abort("due");
  }

  alarm(): Promise<void> {
    return this.#engine.alarms.handle(() => this.#engine.runTick());
  }
}
