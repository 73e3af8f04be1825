import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type EpochMs, parseUtcDay, type UtcDay } from "../../src/domain/day.ts";
import { createApi, parsePath, type Reply, requestInfo } from "../ace-api/ace-api.ts";
import {
  lastChangeOf,
  type ServedRow,
  type SiteData,
  servedRows,
  siteAt,
  type TimeWindow,
  truthOf,
} from "../building/building.ts";
import { chance } from "../chance.ts";
import {
  createFaultSet,
  damagedReply,
  delayMsOf,
  type FaultSet,
  pageFaultsOf,
  replacementOf,
  throttleReply,
} from "../fault-injection/fault-injection.ts";
import { changedSettings, openSites, type Settings, type SimulatorOptions, settingsOf } from "../options.ts";
import { createMinuteLimit } from "./rate-limit.ts";
import { send } from "./send.ts";
import { type Arrival, createRequestLog, type Stats } from "./stats.ts";

/** The simulated API with injected faults, settings and statistics. */
export interface Simulation {
  readonly faults: Pick<FaultSet, "add" | "clear" | "list">;
  stats(): Stats;
  arrivals(): readonly Arrival[];
  resetStats(): void;
  settings(): Settings;
  /** Changes some settings. Throws `ZodError` for an invalid change. */
  set(change: unknown): Settings;
  /** Every row of the site on that day, in the order of the responses. Throws `RangeError` for an unknown site. */
  truth(site: string, day: string): Iterable<ServedRow>;
  /** The same for any window, as a request at `now` gets it; default: by the simulator's clock. */
  truthOf(site: string, window: TimeWindow, now?: EpochMs): Iterable<ServedRow>;
  /** From this time on `truthOf` the window is the API's last word on it. */
  lastChange(site: string, window: TimeWindow): EpochMs;
  /** The names in `configured_points`, in the order of the responses. */
  configured(site: string): string[];
  /** Renders a day in advance, so that its pages cost almost nothing; returns the number of bytes. */
  prerender(site: string, day: string): number;
}

/** Responds to one API request; resolves once the response is handed over or the client has disconnected. */
export type Serve = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export function createSimulation(options: SimulatorOptions): Simulation & { readonly serve: Serve } {
  const sites: ReadonlyMap<string, SiteData> = openSites(options);
  const now = options.now ?? Date.now;
  const api = createApi(sites);
  const faults = createFaultSet();
  const log = createRequestLog();
  const limit = createMinuteLimit();
  let settings = settingsOf(options);
  let delays = 0;

  async function serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const route = parsePath(url.pathname);
    const info = requestInfo(route, url.searchParams);
    const key = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const arrival = log.arrive(info, { atMs: now(), key, target: request.url ?? "" });
    const disconnected = new AbortController();
    response.on("close", () => {
      const cut = !response.writableFinished && typeof arrival.outcome === "number";
      log.leave(arrival, cut || arrival.outcome === "open" ? "gone" : arrival.outcome);
      disconnected.abort();
    });

    const perMinute = settings.requestsPerMinute;
    const rejectedMs = perMinute === null ? undefined : limit.check(key ?? "", arrival.atMs, perMinute);
    // A request over the limit gets no injected fault.
    const effects = rejectedMs === undefined ? faults.effectsFor(info) : [];
    const waitMs = latencyMs() + delayMsOf(effects);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: disconnected.signal }).catch(() => {});
    if (disconnected.signal.aborted) return;
    send(response, rejectedMs === undefined ? reply() : overLimit(rejectedMs), arrival);

    function reply(): Reply {
      const replacement = replacementOf(effects, now());
      if (replacement) return damagedReply(replacement, effects);
      const apiRequest = {
        method: request.method ?? "GET",
        route,
        params: url.searchParams,
        key,
        now: now(),
      };
      return damagedReply(api.respond(apiRequest, settings, pageFaultsOf(effects)), effects);
    }
  }

  function overLimit(waitMs: number): Reply {
    return throttleReply({ form: "seconds", seconds: Math.ceil(waitMs / 1000) }, now());
  }

  function latencyMs(): number {
    const { ms, jitterMs, seed } = settings.latency;
    return ms + (jitterMs > 0 ? jitterMs * chance(seed, delays++) : 0);
  }

  const siteOf = (name: string) => {
    const data = sites.get(name);
    if (!data) throw new RangeError(`no such site: ${name}`);
    return data;
  };
  return {
    serve,
    faults,
    stats: log.stats,
    arrivals: log.arrivals,
    resetStats: log.reset,
    settings: () => settings,
    set: (change) => {
      settings = changedSettings(settings, change);
      return settings;
    },
    truth: (site, day) => servedRows(siteAt(siteOf(site), now()), dayOf(day)),
    truthOf: (site, window, at = now()) => truthOf(siteOf(site), window, at),
    lastChange: (site, window) => lastChangeOf(siteOf(site), window),
    configured: (site) =>
      siteAt(siteOf(site), now()).listed.flatMap((point) => (point.configured ? [point.name] : [])),
    prerender: (site, day) => api.prerender(siteOf(site).site, dayOf(day)),
  };
}

function dayOf(text: string): UtcDay {
  const day = parseUtcDay(text);
  if (!day) throw new RangeError(`not a day: ${text}`);
  return day;
}
