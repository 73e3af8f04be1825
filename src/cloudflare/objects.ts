import { DurableObject, env } from "cloudflare:workers";
import { fetchVendor } from "../ace/transport/transport.ts";
import { R2Archive } from "../archive/r2-archive.ts";
import { Coordinator, orUnavailable } from "../backfill/coordinator/coordinator.ts";
import type { AuditRequest, DueTrack, RollupRange, SiteJob, SiteQuery } from "../backfill/job/job.ts";
import type { SitePeer } from "../backfill/ports.ts";
import { SiteBackfill } from "../backfill/site/site.ts";
import type { BackfillApi } from "../contract/api.ts";
import type { DaySelection, StartRequest, VerifyRequest } from "../contract/backfill.ts";
import type { UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import { Isolate } from "../object/isolate/isolate.ts";
import type { DueDay, DueDays, DueOptions, HotSamples } from "../ports/due.ts";
import { vouchingOn } from "./d1-hot.ts";
import { aceKeyOf, configOf, consoleLog, type Env } from "./env.ts";
import { gateOf } from "./gate.ts";
import { rememberSiteName, retryingAlarm, siteNameOf } from "./object-shell.ts";
import { KvView, ObjectAlarm, ObjectStore, wallClock } from "./storage.ts";
import { webhookReceiver } from "./webhook-receiver.ts";

/**
 * The Durable Objects. Each gives its rules the ports of the platform, at the first call: with an invalid configuration
 * the call fails, not the constructor.
 */

/** Shared by all objects of the isolate, since they share its memory. */
const isolate = new Isolate({ codeVersion: (env as Env).CF_VERSION_METADATA?.id });

export class CoordinatorObject extends DurableObject<Env> implements Omit<BackfillApi, "gate"> {
  #made: Coordinator | undefined;

  get #rules(): Coordinator {
    if (this.#made) return this.#made;
    const config = configOf(this.env);
    this.#made = new Coordinator(
      {
        store: new ObjectStore(this.ctx.storage),
        clock: wallClock,
        alarm: new ObjectAlarm(this.ctx.storage),
        view: new KvView(this.env.ETL_STATE),
        gate: gateOf(this.env),
        log: consoleLog,
        receiver: webhookReceiver(config.alertWebhookUrl),
        site: (name) => siteOf(this.env, name),
        restart: (name) => restartSite(this.env, name),
      },
      config,
    );
    return this.#made;
  }

  async start(request: StartRequest) {
    return this.#rules.start(request);
  }
  async plan(request: StartRequest) {
    return orUnavailable(this.#rules.plan(request));
  }
  async status() {
    return this.#rules.status();
  }
  async metrics() {
    return this.#rules.metrics();
  }
  async due() {
    return this.#rules.due.list();
  }
  async dueSummary() {
    return this.#rules.dueSummary();
  }
  async pauseDue(paused: boolean) {
    return this.#rules.due.pause(paused);
  }
  async cancel() {
    return this.#rules.cancel();
  }
  async retry(selection: DaySelection) {
    return this.#rules.retry(selection);
  }
  async sites() {
    return orUnavailable(this.#rules.sites());
  }
  async days(selection: DaySelection, limit: number) {
    return orUnavailable(this.#rules.days(selection, limit));
  }
  async errors(selection: DaySelection, limit: number) {
    return this.#rules.errors(selection, limit);
  }
  async verify(request: VerifyRequest) {
    return orUnavailable(this.#rules.verify(request));
  }
  async rebuild() {
    return orUnavailable(this.#rules.rebuild());
  }
  async makeRollups(selection: DaySelection) {
    return orUnavailable(this.#rules.rollups.make(selection));
  }
  async rollups() {
    return orUnavailable(this.#rules.rollups.list());
  }
  async audits() {
    return orUnavailable(this.#rules.audits());
  }
  async current() {
    return this.#rules.current();
  }
  async notify(site: SiteName) {
    return this.#rules.notify(site);
  }
  async wake() {
    return this.#rules.wake();
  }
  override alarm() {
    return retryingAlarm(this.ctx, consoleLog, () => this.#rules.alarm());
  }
}

export class SiteBackfillObject extends DurableObject<Env> implements SitePeer, DueDays {
  #made: SiteBackfill | undefined;

  get #rules(): SiteBackfill {
    this.#made ??= new SiteBackfill(
      {
        store: new ObjectStore(this.ctx.storage),
        clock: wallClock,
        alarm: new ObjectAlarm(this.ctx.storage),
        view: new KvView(this.env.ETL_STATE),
        gate: gateOf(this.env),
        vendor: fetchVendor({ base: configOf(this.env).aceApiBase, key: aceKeyOf(this.env) }),
        archive: new R2Archive(this.env.R2),
        coordinator: coordinatorPeerOf(this.env),
        vouching: this.env.D1 && vouchingOn(this.env.D1),
        log: consoleLog,
      },
      siteNameOf(this.ctx),
      configOf(this.env),
      isolate,
    );
    return this.#made;
  }

  async apply(job: SiteJob) {
    return this.#rules.apply(job);
  }
  async report(due?: DueTrack) {
    return this.#rules.report(due);
  }
  async setDue(days: readonly DueDay[], options?: DueOptions) {
    if (options?.site) rememberSiteName(this.ctx, this.env.SITE_BACKFILL, options.site);
    return this.#rules.setDue(days, options);
  }
  async countPoints(date: UtcDay) {
    return this.#rules.countPoints(date);
  }
  async addHotSamples(date: UtcDay, samples: HotSamples) {
    return this.#rules.addHotSamples(date, samples);
  }
  async read(query: SiteQuery) {
    return this.#rules.read(query);
  }
  async audit(request: AuditRequest) {
    return this.#rules.audit(request);
  }
  async makeRollups(range: RollupRange) {
    return this.#rules.makeRollups(range);
  }
  /** Uses neither rules nor configuration nor database, because any of them may be stuck. */
  async restart() {
    this.ctx.abort("restarted, because it showed no heartbeat");
  }
  override alarm() {
    return retryingAlarm(this.ctx, consoleLog, () => this.#rules.alarm());
  }
}

// A new stub for each call: a stub stays broken once a call of it has failed.
export function coordinatorOf(env: Env): CoordinatorObject {
  return env.COORDINATOR.getByName("coordinator") as unknown as CoordinatorObject;
}

/** The Coordinator, for several calls. */
export function backfillOf(env: Env): BackfillApi {
  const stub = () => coordinatorOf(env);
  return {
    start: (request) => stub().start(request),
    plan: (request) => stub().plan(request),
    status: () => stub().status(),
    metrics: () => stub().metrics(),
    gate: () => gateOf(env).view(),
    due: () => stub().due(),
    dueSummary: () => stub().dueSummary(),
    pauseDue: (paused) => stub().pauseDue(paused),
    cancel: () => stub().cancel(),
    retry: (selection) => stub().retry(selection),
    sites: () => stub().sites(),
    days: (selection, limit) => stub().days(selection, limit),
    errors: (selection, limit) => stub().errors(selection, limit),
    verify: (request) => stub().verify(request),
    rebuild: () => stub().rebuild(),
    audits: () => stub().audits(),
    makeRollups: (selection) => stub().makeRollups(selection),
    rollups: () => stub().rollups(),
  };
}

function coordinatorPeerOf(env: Env) {
  return {
    current: () => coordinatorOf(env).current(),
    notify: (site: SiteName) => coordinatorOf(env).notify(site),
  };
}

function siteOf(env: Env, site: SiteName): SitePeer {
  const stub = () => env.SITE_BACKFILL.getByName(site) as unknown as SitePeer;
  return {
    apply: (job) => stub().apply(job),
    report: (due) => stub().report(due),
    read: (query) => stub().read(query),
    audit: (request) => stub().audit(request),
    makeRollups: (range) => stub().makeRollups(range),
  };
}

/** Restarts a site's object. The call ends with the object, so that its failure means success. */
async function restartSite(env: Env, site: SiteName): Promise<void> {
  const stub = env.SITE_BACKFILL.getByName(site) as unknown as Pick<SiteBackfillObject, "restart">;
  await stub.restart().catch(() => undefined);
}
