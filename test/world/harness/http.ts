import { orUnavailable } from "../../../src/backfill/coordinator/site-queries.ts";
import type { BackfillApi } from "../../../src/contract/api.ts";
import { createBackfillApp } from "../../../src/http/backfill/backfill.ts";
import { rowsOf } from "./inspect.ts";
import { type LogLine, World } from "./world.ts";

export const TOKEN = "operator-QZ81-token";
export const ACE_KEY = "vendor-QZ82-key";
export const ORIGINS = ["https://app.example.com", "http://localhost:8080"] as const;
/** `World` begins on this day. */
export const TODAY = "2025-06-01";
const SITES = ["site_a", "site_b"];

/** So small that a test can run many backfills to their end. */
const TINY = { pointsPerSite: 3, samplesPerDay: 6, silent: 0, unconfigured: 0 };

/** The Worker's HTTP in front of the simulated world. */
export function openHttp() {
  const world = new World({
    sites: SITES,
    vendor: TINY,
    config: { pageSize: 1_000, requestsPerMinute: 60_000 },
  });
  const logs: LogLine[] = [];
  const app = createBackfillApp<object>({
    backfill: () => apiOf(world),
    clock: { now: () => world.scheduler.now, sleep: world.scheduler.clockOf(undefined).sleep },
    log: (level, message, fields = {}) => logs.push({ level, message, fields }),
    version: "1.0.0",
  });
  const env = {
    ACE_API_BASE: "https://vendor.test/api",
    SITE_NAME: SITES.join(","),
    ALLOWED_ORIGINS: ORIGINS.join(","),
    ACE_API_KEY: ACE_KEY,
    BACKFILL_API_KEY: TOKEN,
  };
  return { world, logs, fetch: async (request: Request) => app.fetch(request, env) };
}

function apiOf(world: World): BackfillApi {
  return {
    start: (request) => world.ask((rules) => rules.start(request)),
    plan: (request) => world.ask((rules) => orUnavailable(rules.plan(request))),
    status: () => world.ask((rules) => rules.status()),
    metrics: () => world.ask((rules) => rules.metrics()),
    gate: async () => ({ gate: "world", permits_last_minute: 0, paused_until: null }),
    due: () => world.ask((rules) => rules.due.list()),
    dueSummary: () => world.ask((rules) => rules.dueSummary()),
    pauseDue: (paused) => world.ask((rules) => rules.due.pause(paused)),
    cancel: () => world.ask((rules) => rules.cancel()),
    retry: (selection) => world.ask((rules) => rules.retry(selection)),
    sites: () => world.ask((rules) => orUnavailable(rules.sites())),
    days: (selection, limit) => world.ask((rules) => orUnavailable(rules.days(selection, limit))),
    errors: (selection, limit) => world.ask((rules) => rules.errors(selection, limit)),
    verify: (request) => world.ask((rules) => orUnavailable(rules.verify(request))),
    rebuild: () => world.ask((rules) => orUnavailable(rules.rebuild())),
    audits: () => world.ask((rules) => orUnavailable(rules.audits())),
    makeRollups: (selection) => world.ask((rules) => orUnavailable(rules.rollups.make(selection))),
    rollups: () => world.ask((rules) => orUnavailable(rules.rollups.list())),
  };
}

/** The job as requested, without the time at which it ended. */
export function jobOf(world: World): unknown {
  const [row] = rowsOf<{ body: string }>(world.coordinator, "SELECT body FROM job");
  return row ? { ...JSON.parse(row.body), endedAt: undefined } : undefined;
}

/** All stored data, and the number of requests to the vendor. */
export function everything(world: World): unknown {
  const objects = [world.coordinator, ...world.sites.values()];
  const tables = objects.map((object) =>
    rowsOf<{ name: string }>(object, "SELECT name FROM sqlite_master WHERE type = 'table'").map(
      ({ name }) => [name, rowsOf(object, `SELECT * FROM ${name}`)],
    ),
  );
  const alarms = objects.map((object) => object.armedAt);
  const archive = [...world.archive.objects].map(([key, object]) => [key, object.etag]);
  return { tables, alarms, archive, view: [...world.view.values], requests: world.vendor.arrivals.length };
}
