import type { SimulatorOptions } from "../../../simulator/options.ts";
import { Coordinator } from "../../../src/backfill/coordinator/coordinator.ts";
import type { CoordinatorPeer, Gate, Log, SitePeer } from "../../../src/backfill/ports.ts";
import { RateGate } from "../../../src/backfill/rate-gate/rate-gate.ts";
import type { SitePorts, StepSizes } from "../../../src/backfill/site/site.ts";
import { SiteBackfill } from "../../../src/backfill/site/site.ts";
import type { StartRequest, Status } from "../../../src/contract/backfill.ts";
import type { Config } from "../../../src/domain/config.ts";
import { parseUtcDay, type UtcDay } from "../../../src/domain/day.ts";
import type { EtlConfig } from "../../../src/domain/etl-config.ts";
import { parseSiteName, type SiteName } from "../../../src/domain/site.ts";
import { SiteSync } from "../../../src/etl/etl.ts";
import { Isolate } from "../../../src/object/isolate/isolate.ts";
import type { DueDay, DueDays, DueOptions, DueReport, HotSamples } from "../../../src/ports/due.ts";
import { Answers } from "./answers.ts";
import { Chance } from "./chance.ts";
import { Effects } from "./effects.ts";
import { HotInvariants } from "./hot-invariants.ts";
import type { Incarnation } from "./incarnation.ts";
import { Invariants } from "./invariants.ts";
import { ObjectClocks } from "./object-clocks.ts";
import { ProductionLimits } from "./production-limits.ts";
import { Scheduler } from "./scheduler.ts";
import { WorldArchive } from "./world-archive.ts";
import { WorldHot } from "./world-hot.ts";
import { type ObjectPorts, WorldObject } from "./world-object.ts";
import { type Travel, WorldReader } from "./world-reader.ts";
import { WorldReceiver } from "./world-receiver.ts";
import { WorldVendor } from "./world-vendor.ts";
import { WorldView } from "./world-view.ts";

export interface WorldOptions {
  readonly seed?: number;
  /** When the world begins; all days that tests of the backfill request are before it. */
  readonly begins?: string;
  readonly sites?: readonly string[];
  readonly config?: Partial<Config>;
  readonly vendor?: Partial<SimulatorOptions>;
  /** Longest time in which a request or a response travels. */
  readonly latencyMsMax?: number;
  /** Memory of the pipeline; as in production by default. */
  readonly isolateBytesMax?: number;
  /** Settings of the ETL Sync Worker; without them the world has none. */
  readonly etl?: Partial<EtlConfig>;
  /** Smaller than in production, so that few samples make many commits. */
  readonly steps?: StepSizes;
  /** Wraps the rules of objects, as the platform does; a faulty platform for instance. */
  readonly shell?: Shell;
}

export interface Shell {
  rules<T extends object>(ports: ObjectPorts, make: (ports: ObjectPorts) => T): T;
  /** The ports that a site gets. */
  sitePorts?(ports: SitePorts, incarnation: Incarnation): SitePorts;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const BEGINNING = "2025-06-01T08:00:00Z";
/** A world that is still busy after this many steps never becomes idle. */
const STEPS_MAX = 500_000;
const CRON_MS = 300_000;
/** Comparing all answers takes longer than all other invariants. */
const ANSWERS_MS = 900_000;
const FOR_EVER = Number.POSITIVE_INFINITY;

/**
 * The backfill without Cloudflare: its rules on SQLite in memory, with a virtual clock and a seeded order of
 * events, against a made-up vendor, archive and view. After every step the invariants are checked.
 */
export class World {
  readonly scheduler: Scheduler;
  readonly clocks: ObjectClocks;
  readonly effects: Effects;
  readonly vendor: WorldVendor;
  readonly archive: WorldArchive;
  readonly view: WorldView;
  /** Receives alerts if the configuration has a webhook. */
  readonly receiver: WorldReceiver;
  readonly limits: ProductionLimits;
  config: Config;
  readonly coordinator: WorldObject<Coordinator>;
  readonly gate: WorldObject<RateGate>;
  readonly sites = new Map<SiteName, WorldObject<SiteBackfill>>();
  readonly hot: WorldHot;
  readonly etl: EtlConfig | undefined;
  /** The sites' objects of the ETL Sync Worker. */
  readonly syncs = new Map<SiteName, WorldObject<SiteSync>>();
  readonly logs: LogLine[] = [];
  readonly invariants: Invariants;
  readonly hotInvariants: HotInvariants;
  /** Compared with the vendor's last word every quarter of an hour. */
  readonly answers: Answers;
  readonly reader: WorldReader;
  #answersAt = 0;
  /** Set by tests that remove objects or rows directly, so that invariants can't hold. */
  tampered = false;
  readonly #steps: StepSizes | undefined;
  #isolate: Isolate;
  /** The ETL Sync Worker has isolates of its own. */
  #syncIsolate: Isolate;
  readonly #isolateBytesMax: number | undefined;
  #deployments = 0;
  readonly #shell: Shell | undefined;

  constructor(options: WorldOptions = {}) {
    this.#isolateBytesMax = options.isolateBytesMax;
    this.#isolate = this.#newIsolate(0);
    this.#syncIsolate = this.#newIsolate(0);
    this.#shell = options.shell;
    const names = options.sites ?? ["site_a"];
    const chance = new Chance(options.seed ?? 1);
    this.config = configFor(names.map(siteNamed), options.config);
    this.scheduler = new Scheduler(Date.parse(options.begins ?? BEGINNING), chance);
    this.effects = new Effects(this.scheduler, chance, options.latencyMsMax ?? 20);
    this.effects.worldFaults = {
      isolateDies: () => this.isolateDies(),
      alarmTwice: (name) => {
        const object = this.#objects.find((each) => each.name === name);
        object?.deliverAlarm().catch(() => undefined);
      },
      clockSteps: (name, ms) => {
        this.clocks.step(name, ms);
        this.limits.keepsDistance = false;
      },
    };
    this.#steps = options.steps;
    this.limits = new ProductionLimits(this.scheduler);
    this.archive = new WorldArchive(this.scheduler, this.effects, this.limits.r2);
    this.view = new WorldView(this.scheduler, this.effects, this.limits.kv);
    this.receiver = new WorldReceiver(this.scheduler, this.effects);
    this.vendor = new WorldVendor(this.scheduler, this.effects, {
      ...SMALL_BUILDING,
      sites: names,
      ...options.vendor,
    });
    this.clocks = new ObjectClocks(this.scheduler);
    this.gate = this.#object("gate", ({ incarnation, store }) => {
      return new RateGate(store, this.clocks.clockOf(incarnation), this.config.requestsPerMinute);
    });
    this.coordinator = this.#object("coordinator", (ports) => this.#makeCoordinator(ports));
    this.hot = new WorldHot(this.effects);
    this.etl = options.etl && etlConfigFor(this.config, options.etl);
    this.#addSites();
    this.invariants = new Invariants(this);
    this.hotInvariants = new HotInvariants(this);
    this.reader = this.readerVia();
    this.answers = new Answers(this);
  }

  /** Deploys new code with `changes` of the configuration: every object is reset in the middle of its work. */
  deploy(changes: Partial<Config> = {}): void {
    this.config = { ...this.config, ...changes };
    this.#isolate = this.#newIsolate(++this.#deployments);
    this.#syncIsolate = this.#newIsolate(this.#deployments);
    this.#addSites();
    for (const object of this.#objects) object.kill();
  }

  /** Peak of the bytes reserved in the isolate. */
  get pipelineBytesPeak(): number {
    return this.#isolate.peakBytes;
  }

  /** The same of the ETL Sync Worker's. */
  get syncBytesPeak(): number {
    return this.#syncIsolate.peakBytes;
  }

  #newIsolate(version: number): Isolate {
    const bytesMax = this.#isolateBytesMax;
    return new Isolate({
      codeVersion: `version ${version}`,
      ...(bytesMax === undefined ? {} : { bytesMax }),
    });
  }

  #addSites(): void {
    for (const site of this.config.sites) {
      if (this.sites.has(site)) continue;
      this.sites.set(
        site,
        this.#object(site, (ports) => this.#makeSite(site, ports)),
      );
      if (!this.etl) continue;
      this.syncs.set(
        site,
        this.#object(`sync ${site}`, (ports) => this.#makeSync(site, ports)),
      );
    }
  }

  sync(name: string): WorldObject<SiteSync> {
    const sync = this.syncs.get(siteNamed(name));
    if (!sync) throw new RangeError(`no sync of ${name}`);
    return sync;
  }

  site(name: string): WorldObject<SiteBackfill> {
    const site = this.sites.get(siteNamed(name));
    if (!site) throw new RangeError(`no site ${name}`);
    return site;
  }

  /** A reader of hot and cold together, whose requests take their time where `travel` says so. */
  readerVia(travel?: Travel): WorldReader {
    return new WorldReader(this.hot, this.archive, this.scheduler, this.etl?.hotDays ?? 0, travel);
  }

  /** Kills all objects and their isolate at once, as when memory is exhausted. */
  isolateDies(): void {
    this.#isolate = this.#newIsolate(this.#deployments);
    this.#syncIsolate = this.#newIsolate(this.#deployments);
    for (const object of this.#objects) object.kill();
  }

  /** Fires the cron trigger, five minutes later. */
  async cron(): Promise<void> {
    this.scheduler.leap(CRON_MS);
    this.wakeSyncs();
    this.post((coordinator) => coordinator.wake()).catch(() => undefined);
    await this.run();
  }

  /** The cron trigger of the ETL Sync Worker. */
  wakeSyncs(): void {
    for (const sync of this.syncs.values()) {
      this.scheduler.park(undefined, 0, "cron", () => {
        sync.call((rules) => rules.wake()).catch(() => undefined);
      });
    }
  }

  get #objects() {
    return [this.coordinator, this.gate, ...this.sites.values(), ...this.syncs.values()];
  }

  /** Sends the Coordinator a request from outside; its response arrives when the world is run. */
  post<V>(act: (coordinator: Coordinator) => Promise<V>): Promise<V> {
    return this.#post(this.coordinator, act);
  }

  /** Sends the Coordinator a request from outside and runs the world until the response. */
  ask<V>(act: (coordinator: Coordinator) => Promise<V>): Promise<V> {
    return this.#ask(this.coordinator, act);
  }

  /** The same with a site. */
  askSite<V>(name: string, act: (site: SiteBackfill) => Promise<V>): Promise<V> {
    return this.#ask(this.site(name), act);
  }

  /** The same with the sync of a site. */
  askSync<V>(name: string, act: (sync: SiteSync) => Promise<V>): Promise<V> {
    return this.#ask(this.sync(name), act);
  }

  #post<T extends object, V>(object: WorldObject<T>, act: (rules: T) => Promise<V>): Promise<V> {
    const answer = new Promise<V>((resolve, reject) => {
      this.scheduler.park(undefined, 0, "outside request", () => {
        object.call(act).then(resolve, reject);
      });
    });
    answer.catch(() => undefined);
    return answer;
  }

  async #ask<T extends object, V>(object: WorldObject<T>, act: (rules: T) => Promise<V>): Promise<V> {
    let answered = false;
    const answer = this.#post(object, act);
    const over = () => {
      answered = true;
    };
    answer.then(over, over);
    await this.run(() => answered);
    if (!answered) throw new Error("the world is idle, and a request has no response");
    return answer;
  }

  start(from: string, to: string, more: Partial<StartRequest> = {}) {
    return this.ask((coordinator) => coordinator.start(startRequest(from, to, more)));
  }

  async cancel() {
    const outcome = await this.ask((coordinator) => coordinator.cancel());
    if (outcome.kind === "cancelled") this.invariants.cancelled(outcome.sites_stopping);
    return outcome;
  }

  /** Sends the list of a site's due days, as the sync does; the response arrives when the world is run. */
  setDue(site: string, days: readonly DueDay[], options?: DueOptions): Promise<DueReport> {
    return this.askSite(site, (rules) => rules.setDue(days, options));
  }

  /** Hands rows over that only hot storage has, as the sync does. */
  async addHotSamples(site: string, date: string, samples: HotSamples): Promise<void> {
    await this.askSite(site, (rules) => rules.addHotSamples(day(date), samples));
    this.invariants.due.handedOver(siteNamed(site), day(date));
  }

  async pauseDue(paused: boolean) {
    const outcome = await this.ask((coordinator) => coordinator.due.pause(paused));
    if (paused) this.invariants.due.paused(outcome.sites_unreached);
    return outcome;
  }

  async status(): Promise<Status> {
    const status = await this.ask((coordinator) => coordinator.status());
    if (!status) throw new Error("no backfill was started");
    return status;
  }

  /** Steps until `until` is true or the world is idle. */
  async run(until: () => boolean = () => false): Promise<void> {
    await this.#stepUntil(until, FOR_EVER);
  }

  /** Runs the world for `ms` of virtual time. */
  async pass(ms: number): Promise<void> {
    const end = this.scheduler.now + ms;
    await this.#stepUntil(() => false, end);
    this.scheduler.leap(Math.max(0, end - this.scheduler.now));
  }

  async #stepUntil(until: () => boolean, end: number): Promise<void> {
    await this.scheduler.settle();
    for (let steps = 0; !until(); steps++) {
      if (steps > STEPS_MAX) throw new Error("the world does not become idle");
      if (!(await this.scheduler.step(end))) return;
      this.invariants.check();
      this.limits.check();
      await this.#checkHot();
    }
  }

  async #checkHot(): Promise<void> {
    if (!this.etl || this.tampered) return;
    this.hotInvariants.check();
    if (this.scheduler.now < this.#answersAt) return;
    this.#answersAt = this.scheduler.now + ANSWERS_MS;
    await this.answers.check();
  }

  #object<T extends object>(name: string, make: (ports: ObjectPorts) => T) {
    const made = (ports: ObjectPorts) => this.#shell?.rules(ports, make) ?? make(ports);
    return new WorldObject<T>(name, this.scheduler, this.effects, made);
  }

  #makeCoordinator({ incarnation, store, ...ports }: ObjectPorts): Coordinator {
    const clock = this.clocks.clockOf(incarnation);
    const alarm = this.clocks.alarmOf(incarnation, ports.alarm);
    const view = this.limits.view(incarnation, this.view.portOf(incarnation));
    const site = (name: SiteName) => this.#peerOf(incarnation, name);
    const restart = (name: SiteName) =>
      this.effects.remote(incarnation, { label: `${incarnation.name} ${name}.restart` }, () =>
        this.site(name).kill(),
      );
    const receiver = this.config.alertWebhookUrl === null ? undefined : this.receiver.portOf(incarnation);
    return new Coordinator(
      { store, alarm, clock, view, receiver, gate: this.#gateOf(incarnation), log: this.#log, site, restart },
      this.config,
    );
  }

  #makeSite(site: SiteName, { incarnation, store, alarm }: ObjectPorts): SiteBackfill {
    const ports = {
      store,
      alarm: this.clocks.alarmOf(incarnation, alarm),
      clock: this.clocks.clockOf(incarnation),
      view: this.limits.view(incarnation, this.view.portOf(incarnation)),
      gate: this.#gateOf(incarnation),
      vendor: this.limits.vendor(incarnation, this.vendor.portOf(incarnation)),
      archive: this.limits.archive(incarnation, this.archive.portOf(incarnation)),
      coordinator: this.#coordinatorPeerOf(incarnation),
      vouching: this.hot.vouchingOf(incarnation),
      log: this.#log,
    };
    const given = this.#shell?.sitePorts?.(ports, incarnation) ?? ports;
    return new SiteBackfill(given, site, this.config, this.#isolate, this.#steps);
  }

  #makeSync(site: SiteName, { incarnation, store, alarm }: ObjectPorts): SiteSync {
    if (!this.etl) throw new Error("the world has no ETL Sync Worker");
    const ports = {
      store,
      alarm: this.clocks.alarmOf(incarnation, alarm),
      clock: this.clocks.clockOf(incarnation),
      view: this.limits.view(incarnation, this.view.portOf(incarnation)),
      gate: this.#gateOf(incarnation),
      vendor: this.limits.vendor(incarnation, this.vendor.portOf(incarnation)),
      hot: this.limits.hot(incarnation, this.hot.portOf(incarnation), () => this.sync(site).alarms),
      archive: this.#dueDaysOf(incarnation, site),
      log: this.#log,
    };
    return new SiteSync(ports, site, this.etl, this.#syncIsolate);
  }

  #dueDaysOf(incarnation: Incarnation, site: SiteName): DueDays {
    const remote = <V>(what: string, act: (rules: DueDays) => Promise<V>) =>
      this.effects.remote(incarnation, { label: `${incarnation.name} ${site}.${what}` }, () =>
        this.site(site).call((rules) => act(rules)),
      );
    return {
      setDue: (days, options) => remote("setDue", (rules) => rules.setDue(days, options)),
      countPoints: (date) => remote("countPoints", (rules) => rules.countPoints(date)),
      addHotSamples: (date, samples) =>
        remote("addHotSamples", (rules) => rules.addHotSamples(date, samples)),
    };
  }

  readonly #log: Log = (level, message, fields = {}) => {
    // As the Worker's log writes it.
    this.logs.push({ level, message: `[BACKFILL] ${message}`, fields });
  };

  #gateOf(incarnation: Incarnation): Gate {
    const remote = <V>(what: string, act: (gate: RateGate) => Promise<V>) =>
      this.effects.remote(incarnation, { label: `${incarnation.name} gate.${what}` }, () =>
        this.gate.call(act),
      );
    return {
      acquire: (caller, track) => remote("acquire", (gate) => gate.acquire(caller, track)),
      pauseFor: (ms) => remote("pauseFor", async (gate) => gate.pauseFor(ms)),
      pausedUntil: () => remote("pausedUntil", async (gate) => gate.pausedUntil()),
      permitsLastMinute: () => remote("permitsLastMinute", async (gate) => gate.permitsLastMinute()),
    };
  }

  #coordinatorPeerOf(incarnation: Incarnation): CoordinatorPeer {
    const remote = <V>(what: string, act: (coordinator: Coordinator) => Promise<V>) =>
      this.effects.remote(incarnation, { label: `${incarnation.name} coordinator.${what}` }, () =>
        this.coordinator.call(act),
      );
    return {
      current: async () => {
        const current = await remote("current", async (coordinator) => coordinator.current());
        this.invariants.permitted(incarnation, current);
        return current;
      },
      notify: (site) => remote("notify", (coordinator) => coordinator.notify(site)),
    };
  }

  #peerOf(incarnation: Incarnation, name: SiteName): SitePeer {
    const remote = <V>(what: string, act: (site: SiteBackfill) => Promise<V>) =>
      this.effects.remote(incarnation, { label: `${incarnation.name} ${name}.${what}` }, () =>
        this.site(name).call(act),
      );
    return {
      apply: (job) => remote("apply", (site) => site.apply(structuredClone(job))),
      report: (due) => remote("report", (site) => site.report(due)),
      read: (query) => remote("read", (site) => site.read(query)),
      audit: (request) => remote("audit", (site) => site.audit(request)),
      makeRollups: (range) => remote("makeRollups", (site) => site.makeRollups(range)),
    };
  }
}

/** About forty requests a site-day with small pages; a few rows are odd, repeated or not configured. */
const SMALL_BUILDING = {
  pointsPerSite: 40,
  samplesPerDay: 240,
  oddShare: 0.02,
  duplicateShare: 0.05,
  unconfigured: 2,
  silent: 3,
} as const;

function configFor(sites: readonly SiteName[], changes: Partial<Config> = {}): Config {
  return {
    aceApiBase: "http://vendor/api",
    sites,
    maxDaysPerRequest: 10,
    processTimeoutMs: 60_000,
    aceTimeoutMs: 30_000,
    requestsPerMinute: 600,
    pageSize: 100,
    maxRetries: 3,
    retryBaseDelayMs: 2_000,
    rowGroupSize: 100,
    points: "configured",
    valueWords: new Map(),
    allowedOrigins: [],
    alertStuckHours: 2,
    alertFailedPercent: 10,
    alertUploadFailures: 5,
    alertRateLimitsPerHour: 10,
    alertWebhookUrl: null,
    ...changes,
  };
}

function etlConfigFor(config: Config, changes: Partial<EtlConfig>): EtlConfig {
  const { aceApiBase, sites, points, valueWords, aceTimeoutMs, maxRetries, retryBaseDelayMs } = config;
  return {
    ...{ aceApiBase, sites, points, valueWords, aceTimeoutMs, maxRetries, retryBaseDelayMs },
    ...{ hotDays: 3, firstSyncHours: 6, archiveAfterHours: 6, syncWeather: false },
    ...{
      pageSize: 1_000,
      requestsPerMinute: config.requestsPerMinute,
      allowedOrigins: [],
      alertWebhookUrl: null,
    },
    ...changes,
  };
}

export function siteNamed(text: string): SiteName {
  const site = parseSiteName(text);
  if (!site) throw new RangeError(`not a site name: ${text}`);
  return site;
}

export function day(text: string): UtcDay {
  const parsed = parseUtcDay(text);
  if (!parsed) throw new RangeError(`not a day: ${text}`);
  return parsed;
}

export function startRequest(from: string, to: string, more: Partial<StartRequest> = {}): StartRequest {
  return { start_date: day(from), end_date: day(to), force_restart: false, dry_run: false, ...more };
}
