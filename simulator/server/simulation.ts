import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parseUtcDay, type UtcDay } from "../../src/domain/day.ts";
import { createApi } from "../api/api.ts";
import type { Reply } from "../api/reply.ts";
import { factsOf, routeOf } from "../api/route.ts";
import { type Series, type ServedRow, servedRows } from "../building/series.ts";
import { chance } from "../chance.ts";
import { createFaultDesk, type FaultDesk } from "../faults/faults.ts";
import { damaged, delayOf, insteadOf, throttleReply, twistsOf } from "../faults/strike.ts";
import { changedSettings, openSites, type Settings, type SimulatorOptions, settingsOf } from "../options.ts";
import { createMinuteLimit } from "./rate-limit.ts";
import { send } from "./send.ts";
import { type Arrival, createLedger, type Stats } from "./stats.ts";

/** The API with everything that befalls it, and the means to steer and to watch it. */
export interface Simulation {
  readonly faults: Pick<FaultDesk, "add" | "clear" | "list">;
  stats(): Stats;
  arrivals(): readonly Arrival[];
  resetStats(): void;
  settings(): Settings;
  /** Changes some settings; throws `ZodError` for what is none. */
  set(change: unknown): Settings;
  /** Every row that the site serves for the day, in served order. Throws `RangeError` for an unknown site. */
  truth(site: string, day: string): Iterable<ServedRow>;
  /** The names in `configured_points`, in served order. */
  configured(site: string): string[];
  /** Keeps a day as bytes so that serving it costs next to nothing; answers their number. */
  prerender(site: string, day: string): number;
}

/** Answers one request of the API; settles when the answer has been handed over or its client is gone. */
export type Serve = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export function createSimulation(options: SimulatorOptions): Simulation & { readonly serve: Serve } {
  const sites: ReadonlyMap<string, Series> = openSites(options);
  const now = options.now ?? Date.now;
  const api = createApi(sites);
  const faults = createFaultDesk();
  const ledger = createLedger();
  const limit = createMinuteLimit();
  let settings = settingsOf(options);
  let waits = 0;

  async function serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const route = routeOf(url.pathname);
    const facts = factsOf(route, url.searchParams);
    const key = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const arrival = ledger.arrive(facts, { atMs: now(), key, target: request.url ?? "" });
    const gone = new AbortController();
    response.on("close", () => {
      const cut = !response.writableFinished && typeof arrival.outcome === "number";
      ledger.leave(arrival, cut || arrival.outcome === "open" ? "gone" : arrival.outcome);
      gone.abort();
    });

    const perMinute = settings.requestsPerMinute;
    const refusedMs = perMinute === null ? undefined : limit.refuse(key ?? "", arrival.atMs, perMinute);
    // A request over the limit never reaches what could fail behind it.
    const effects = refusedMs === undefined ? faults.strike(facts) : [];
    const waitMs = latencyMs() + delayOf(effects);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: gone.signal }).catch(() => {});
    if (gone.signal.aborted) return;
    send(response, refusedMs === undefined ? answer() : overLimit(refusedMs), arrival);

    function answer(): Reply {
      const instead = insteadOf(effects, now());
      if (instead) return damaged(instead, effects);
      const asked = { method: request.method ?? "GET", route, params: url.searchParams, key };
      return damaged(api.answer(asked, settings, twistsOf(effects)), effects);
    }
  }

  function overLimit(waitMs: number): Reply {
    return throttleReply({ form: "seconds", seconds: Math.ceil(waitMs / 1000) }, now());
  }

  function latencyMs(): number {
    const { ms, jitterMs, seed } = settings.latency;
    return ms + (jitterMs > 0 ? jitterMs * chance(seed, waits++) : 0);
  }

  const siteOf = (name: string) => {
    const series = sites.get(name);
    if (!series) throw new RangeError(`no such site: ${name}`);
    return series;
  };
  return {
    serve,
    faults,
    stats: ledger.stats,
    arrivals: ledger.arrivals,
    resetStats: ledger.reset,
    settings: () => settings,
    set: (change) => {
      settings = changedSettings(settings, change);
      return settings;
    },
    truth: (site, day) => servedRows(siteOf(site), dayOf(day)),
    configured: (site) => siteOf(site).listed.flatMap((point) => (point.configured ? [point.name] : [])),
    prerender: (site, day) => api.prerender(siteOf(site).site, dayOf(day)),
  };
}

function dayOf(text: string): UtcDay {
  const day = parseUtcDay(text);
  if (!day) throw new RangeError(`not a day: ${text}`);
  return day;
}
