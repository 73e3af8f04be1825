import * as wire from "../../contract/etl.ts";
import { RETRY_AFTER, type Route, SCRAPE, scrapeResponse } from "../server/server.ts";
import { DATABASE_UNAVAILABLE, databaseUnavailable, type EtlContext, etlRoute } from "./etl-route.ts";
import { familiesOf } from "./metric-families.ts";

export const SERVICE = "Building Vitals ETL Sync Worker";

/** Parameters are ignored: a monitor may add some. */
export const health: Route<EtlContext> = {
  name: "health",
  method: "GET",
  path: "/health",
  isPublic: true,
  needsSecrets: true,
  summary: "Whether the Worker is configured, and its database can be read and has its tables",
  responses: {
    200: { description: "Configured, and connected to D1", schema: wire.syncHealth },
    503: { description: "D1 has no tables, or can't be read", schema: wire.unhealthy, headers: RETRY_AFTER },
  },
  async respond({ etl, clock, version }) {
    const database = await etl.health();
    const timestamp = new Date(clock.now()).toISOString();
    if (database.kind !== "ok") {
      const more: Omit<wire.Unhealthy, "error" | "hint"> = {
        status: "error",
        database: database.kind === "unavailable" ? "unavailable" : "no_tables",
        timestamp,
      };
      return databaseUnavailable(database, more);
    }
    const body: wire.SyncHealth = {
      status: "ok",
      database: "connected",
      timestamp,
      service: SERVICE,
      version,
    };
    return { status: 200, body };
  },
};

export const status = etlRoute({
  name: "status",
  method: "GET",
  path: "/status",
  isPublic: true,
  summary: "Every site: its lag, windows, hot and due days, and errors",
  input: { query: wire.emptyRequest },
  responses: { 200: { description: "The sites", schema: wire.syncStatus } },
  async handle({ etl }) {
    return { status: 200, body: await etl.status() };
  },
});

export const stats = etlRoute({
  name: "stats",
  method: "GET",
  path: "/stats",
  isPublic: true,
  summary: "What hot storage holds of every site, and what it takes",
  input: { query: wire.emptyRequest },
  responses: { 200: { description: "The sites", schema: wire.stats }, ...DATABASE_UNAVAILABLE },
  async handle({ etl }) {
    const found = await etl.stats();
    return "kind" in found ? databaseUnavailable(found) : { status: 200, body: found satisfies wire.Stats };
  },
});

export const gate = etlRoute({
  name: "gate",
  method: "GET",
  path: "/gate",
  summary: "The rate gate of this Worker's API key; the Backfill Worker must have the same",
  input: { query: wire.emptyRequest },
  responses: { 200: { description: "The gate", schema: wire.gateView } },
  async handle({ etl }) {
    return { status: 200, body: await etl.gate() };
  },
});

export const metrics = etlRoute({
  name: "metrics",
  method: "GET",
  path: "/metrics",
  ...SCRAPE,
  input: { query: wire.emptyRequest },
  async handle({ etl, version }) {
    return scrapeResponse(familiesOf(await etl.metrics(), version));
  },
});
