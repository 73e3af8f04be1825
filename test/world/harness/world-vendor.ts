import { createApi } from "../../../simulator/ace-api/ace-api.ts";
import { byteLength, type Reply, startOf } from "../../../simulator/ace-api/reply.ts";
import { parsePath, requestInfo } from "../../../simulator/ace-api/routing.ts";
import {
  lastChangeOf,
  type ServedRow,
  type SiteData,
  servedRows,
  siteAt,
  type TimeWindow,
  truthOf,
} from "../../../simulator/building/building.ts";
import {
  damagedReply,
  delayMsOf,
  pageFaultsOf,
  replacementOf,
} from "../../../simulator/fault-injection/effects.ts";
import { createFaultSet } from "../../../simulator/fault-injection/fault-injection.ts";
import { openSites, type Settings, type SimulatorOptions, settingsOf } from "../../../simulator/options.ts";
import { redact } from "../../../src/ace/body-text.ts";
import { VendorFault } from "../../../src/ace/faults.ts";
import type { Vendor, VendorResponse } from "../../../src/backfill/ports.ts";
import type { EpochMs, UtcDay } from "../../../src/domain/day.ts";
import type { Effects } from "./effects.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Scheduler } from "./scheduler.ts";

export const KEY = "test-key";

export interface VendorArrival {
  readonly at: EpochMs;
  readonly site: string;
  readonly kind: "points" | "samples" | "weather" | "other";
  readonly day: string;
  readonly status: number;
  /** The object that has sent the request. */
  readonly caller: string;
}

/** A request as a test that forges its response sees it. */
export interface VendorRequest {
  readonly kind: VendorArrival["kind"];
  readonly day: string;
  /** The object that has sent it. */
  readonly caller: string;
  readonly params: URLSearchParams;
  /** The API's own response, to these or to other parameters. */
  honest(params?: URLSearchParams): Reply;
}

/** The simulator's API and its faults, without HTTP and in virtual time. */
export class WorldVendor {
  readonly faults = createFaultSet();
  readonly arrivals: VendorArrival[] = [];
  settings: Settings;
  /** The key that the sites send. */
  key = KEY;
  /** Forges responses in place of the API's. */
  forge: ((request: VendorRequest) => Reply | undefined) | undefined;
  readonly #sites: Map<string, SiteData>;
  /** Lists of configured points that were replaced. */
  readonly #lists: { readonly site: string; readonly until: EpochMs; readonly names: string[] }[] = [];
  #api: ReturnType<typeof createApi>;
  readonly #scheduler: Scheduler;
  readonly #effects: Effects;

  constructor(scheduler: Scheduler, effects: Effects, options: SimulatorOptions) {
    this.#scheduler = scheduler;
    this.#effects = effects;
    this.settings = settingsOf({ key: KEY, ...options });
    this.#sites = openSites(options);
    this.#api = createApi(this.#sites);
  }

  truth(site: string, day: UtcDay): Iterable<ServedRow> {
    return servedRows(this.#shown(site), day);
  }

  /** Every row of the window that a request at `now`, or now, gets: the vendor's word on the window at that time. */
  truthOf(site: string, window: TimeWindow, now: EpochMs = this.#scheduler.now): Iterable<ServedRow> {
    return truthOf(this.#series(site), window, now);
  }

  /** From this time on the vendor's word on the window is its last. */
  lastChange(site: string, window: TimeWindow): EpochMs {
    return lastChangeOf(this.#series(site), window);
  }

  configured(site: string): string[] {
    return this.#shown(site).listed.flatMap((point) => (point.configured ? [point.name] : []));
  }

  knows(site: string): boolean {
    return this.#sites.has(site);
  }

  /** Names of points with data. */
  names(site: string): readonly string[] {
    return this.#shown(site).names;
  }

  /** Every list of configured points that the site has had since a time. */
  listsSince(site: string, since: EpochMs): string[][] {
    const older = this.#lists.filter((each) => each.site === site && each.until >= since);
    return [...older.map(({ names }) => names), this.configured(site)];
  }

  /** Changes the list of points from now on; the data stay. */
  relist(site: string, listed: (before: SiteData["listed"]) => SiteData["listed"]): void {
    this.#keepList(site);
    const series = this.#series(site);
    this.#change({ ...series, listed: listed(series.listed) });
  }

  /** Renames the points, listed or not. */
  rename(site: string, named: (before: string) => string): void {
    this.#keepList(site);
    const series = this.#series(site);
    const listed = series.listed.map((point) => ({ ...point, name: named(point.name) }));
    this.#change({ ...series, names: series.names.map(named), listed });
  }

  portOf(incarnation: Incarnation): Vendor {
    return {
      redact: (text) => redact(text, this.key),
      get: (path, signal) => {
        const label = `${incarnation.name} vendor.get`;
        const answer = this.#effects.remote(incarnation, { label, fault: connectionBroken }, () =>
          this.#arrive(path, incarnation.name),
        );
        return this.#orAborted(
          incarnation,
          signal,
          answer.then((reply) => this.#response(incarnation, reply, signal)),
        );
      },
    };
  }

  async #arrive(path: string, caller: string): Promise<Reply> {
    const url = new URL(path, "http://vendor/api/");
    const route = parsePath(url.pathname);
    const facts = requestInfo(route, url.searchParams);
    const effects = this.faults.effectsFor(facts);
    const { now } = this.#scheduler;
    const request = { method: "GET", route, params: url.searchParams, key: this.key, now };
    const instead = replacementOf(effects, now);
    const honest = (params = request.params) =>
      this.#api.respond({ ...request, params }, this.settings, pageFaultsOf(effects));
    const day = requestedDay(url.searchParams);
    const forged = this.forge?.({ kind: facts.kind, day, caller, params: request.params, honest });
    const reply = forged ?? damagedReply(instead ?? honest(), effects);
    const { status } = reply;
    this.arrivals.push({ at: now, site: facts.site ?? "", kind: facts.kind, day, status, caller });
    const waitMs = delayMsOf(effects) + this.settings.latency.ms;
    if (waitMs > 0) await this.#scheduler.clockOf(undefined).sleep(waitMs);
    if (reply.delivery.kind === "silence") await new Promise(() => undefined);
    return reply;
  }

  #response(incarnation: Incarnation, reply: Reply, signal: AbortSignal): VendorResponse {
    return {
      status: reply.status,
      contentType: reply.headers["content-type"] ?? "",
      retryAfter: reply.headers["retry-after"],
      discard: () => undefined,
      bytes: (bytesMax) => {
        const label = `${incarnation.name} vendor.bytes`;
        const body = this.#effects.remote(incarnation, { label, fault: connectionBroken }, () =>
          read(reply, bytesMax),
        );
        return this.#orAborted(incarnation, signal, body);
      },
    };
  }

  /** Rejects at once when the caller aborts; the request may have arrived at the vendor already. */
  #orAborted<T>(incarnation: Incarnation, signal: AbortSignal, work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const aborted = () => reject(new VendorFault("aborted", "the request was given up"));
      if (signal.aborted) return aborted();
      const soon = () => this.#scheduler.park(incarnation, 0, "abort", aborted);
      signal.addEventListener("abort", soon, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", soon));
    });
  }

  #keepList(site: string): void {
    this.#lists.push({ site, until: this.#scheduler.now, names: this.configured(site) });
  }

  #change(series: SiteData): void {
    this.#sites.set(series.site, series);
    this.#api = createApi(this.#sites);
  }

  #shown(site: string): SiteData {
    return siteAt(this.#series(site), this.#scheduler.now);
  }

  #series(site: string): SiteData {
    const series = this.#sites.get(site);
    if (!series) throw new RangeError(`no such site: ${site}`);
    return series;
  }
}

/** The day in the middle of the requested window, also of an otherwise invalid request. */
function requestedDay(params: URLSearchParams): string {
  const [from, to] = ["start_time", "end_time"].map((name) => Date.parse(params.get(name) ?? ""));
  const middle = ((from ?? 0) + (to ?? 0)) / 2;
  return Number.isNaN(middle) ? "" : new Date(middle).toISOString().slice(0, 10);
}

const connectionBroken = () =>
  new VendorFault("network", "the connection to the ACE API failed or broke off");

function read(reply: Reply, bytesMax: number): Uint8Array | Promise<Uint8Array> {
  const { body, delivery } = reply;
  if (delivery.kind === "stall") return new Promise(() => undefined);
  if (delivery.kind === "reset") throw connectionBroken();
  const bytes = byteLength(body);
  if (bytes > bytesMax)
    throw new VendorFault("too-large", `the body exceeds ${bytesMax} bytes`, { bytesMax });
  return Buffer.concat(startOf(body, bytes));
}
