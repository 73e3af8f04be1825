import { createApi } from "../../simulator/api.ts";
import { createFaultDesk } from "../../simulator/faults.ts";
import { openSites, type Settings, type SimulatorOptions, settingsOf } from "../../simulator/options.ts";
import { byteLength, headOf, type Reply } from "../../simulator/reply.ts";
import { factsOf, routeOf } from "../../simulator/route.ts";
import { type Series, type ServedRow, servedRows } from "../../simulator/series.ts";
import { damaged, delayOf, insteadOf, twistsOf } from "../../simulator/strike.ts";
import { VendorFault } from "../../src/ace/faults.ts";
import { redact } from "../../src/ace/redact.ts";
import type { Vendor, VendorResponse } from "../../src/backfill/ports.ts";
import type { EpochMs, UtcDay } from "../../src/domain/day.ts";
import type { Effects } from "./effects.ts";
import type { Life } from "./life.ts";
import type { Scheduler } from "./scheduler.ts";

export const KEY = "test-key";

export interface VendorArrival {
  readonly at: EpochMs;
  readonly site: string;
  readonly kind: "points" | "samples" | "other";
  readonly day: string;
  readonly status: number;
}

/** The simulator's API and its faults, without HTTP and in virtual time. */
export class WorldVendor {
  readonly faults = createFaultDesk();
  readonly arrivals: VendorArrival[] = [];
  settings: Settings;
  /** The key that the sites send. */
  key = KEY;
  readonly #sites: Map<string, Series>;
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
    return servedRows(this.#series(site), day);
  }

  configured(site: string): string[] {
    return this.#series(site).listed.flatMap((point) => (point.configured ? [point.name] : []));
  }

  /** Another list of points from now on; the data stay. */
  relist(site: string, listed: (before: Series["listed"]) => Series["listed"]): void {
    const series = this.#series(site);
    this.#sites.set(site, { ...series, listed: listed(series.listed) });
    this.#api = createApi(this.#sites);
  }

  portOf(life: Life): Vendor {
    return {
      redact: (text) => redact(text, this.key),
      get: (path, signal) => {
        const label = `${life.name} vendor.get`;
        const answer = this.#effects.remote(life, { label, fault: brokenOff }, () => this.#arrive(path));
        return this.#orAborted(
          life,
          signal,
          answer.then((reply) => this.#response(life, reply, signal)),
        );
      },
    };
  }

  async #arrive(path: string): Promise<Reply> {
    const url = new URL(path, "http://vendor/api/");
    const route = routeOf(url.pathname);
    const facts = factsOf(route, url.searchParams);
    const effects = this.faults.strike(facts);
    const asked = { method: "GET", route, params: url.searchParams, key: this.key };
    const instead = insteadOf(effects, this.#scheduler.now);
    const reply = damaged(instead ?? this.#api.answer(asked, this.settings, twistsOf(effects)), effects);
    const middle = facts.window ? (facts.window.fromMicros + facts.window.toMicros) / 2_000 : 0;
    const day = new Date(middle).toISOString().slice(0, 10);
    const { status } = reply;
    this.arrivals.push({ at: this.#scheduler.now, site: facts.site ?? "", kind: facts.kind, day, status });
    const waitMs = delayOf(effects) + this.settings.latency.ms;
    if (waitMs > 0) await this.#scheduler.clockOf(undefined).sleep(waitMs);
    if (reply.delivery.kind === "silence") await new Promise(() => undefined);
    return reply;
  }

  #response(life: Life, reply: Reply, signal: AbortSignal): VendorResponse {
    return {
      status: reply.status,
      contentType: reply.headers["content-type"] ?? "",
      retryAfter: reply.headers["retry-after"],
      discard: () => undefined,
      bytes: (bytesMax) => {
        const label = `${life.name} vendor.bytes`;
        const body = this.#effects.remote(life, { label, fault: brokenOff }, () => read(reply, bytesMax));
        return this.#orAborted(life, signal, body);
      },
    };
  }

  /** Whoever gives a request up hears so at once; the request may be at the vendor already. */
  #orAborted<T>(life: Life, signal: AbortSignal, work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const aborted = () => reject(new VendorFault("aborted", "the request was given up"));
      if (signal.aborted) return aborted();
      const soon = () => this.#scheduler.park(life, 0, "abort", aborted);
      signal.addEventListener("abort", soon, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", soon));
    });
  }

  #series(site: string): Series {
    const series = this.#sites.get(site);
    if (!series) throw new RangeError(`no such site: ${site}`);
    return series;
  }
}

const brokenOff = () => new VendorFault("network", "the connection failed or broke off");

function read(reply: Reply, bytesMax: number): Uint8Array | Promise<Uint8Array> {
  const { body, delivery } = reply;
  if (delivery.kind === "stall") return new Promise(() => undefined);
  if (delivery.kind === "reset") throw brokenOff();
  const bytes = byteLength(body);
  if (bytes > bytesMax)
    throw new VendorFault("too-large", `the body exceeds ${bytesMax} bytes`, { bytesMax });
  return Buffer.concat(headOf(body, bytes));
}
