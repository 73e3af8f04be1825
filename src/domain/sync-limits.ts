/** A watermark older than this raises an alert: three syncs of five minutes have brought nothing. */
export const ALERT_LAG_MINUTES = 15;

/** D1's largest database, and the share of it above which an alert is raised: time to shorten HOT_DAYS. */
export const DATABASE_BYTES_MAX = 10_000_000_000;
export const ALERT_DATABASE_PERCENT = 80;

/** The command that creates the tables of hot storage in production; it can be repeated. */
export function createTablesCommand(worker: "etl" | "query"): string {
  return `npx wrangler d1 migrations apply ace-timeseries-hot -c workers/wrangler-${worker}.toml --env production --remote`;
}
