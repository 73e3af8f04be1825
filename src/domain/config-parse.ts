import { type Config, SECRETS, WEBHOOK_VARIABLE } from "./config.ts";
import { RATE_LIMITS_KEPT } from "./limits.ts";
import { parseSiteName, type SiteName } from "./site.ts";
import { type Env, listed, Variables, withoutCredentials } from "./variables.ts";

export type ConfigResult<C = Config> =
  | { readonly ok: true; readonly config: C }
  | { readonly ok: false; readonly faults: readonly string[] };

/** The Coordinator asks every site at least once a minute; beyond this a minute is not enough. */
export const SITES_MAX = 100;

/** The vendor's closed enum, up to the largest page that fits `BODY_BYTES_MAX`. */
export const PAGE_SIZES = [3, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000] as const;

/** Defaults are the documented ones; bounds refuse what can only be a slip of the hand. */
const INTEGERS = {
  MAX_DAYS_PER_REQUEST: { standard: 10, min: 1, max: 1_000 },
  // An alarm may run 15 minutes; ten leave room for what is in hand when the budget ends.
  PROCESS_TIMEOUT_MS: { standard: 60_000, min: 1_000, max: 600_000 },
  ACE_TIMEOUT_MS: { standard: 30_000, min: 100, max: 600_000 },
  REQUESTS_PER_MINUTE: { standard: 50, min: 1, max: 60_000 },
  MAX_RETRIES: { standard: 3, min: 0, max: 20 },
  RETRY_BASE_DELAY_MS: { standard: 2_000, min: 0, max: 60_000 },
  // Every group is an entry in the footer, which is held whole: at 1,000 rows some 2 MB for the documented day.
  ROW_GROUP_SIZE: { standard: 10_000, min: 1_000, max: 100_000 },
  ALERT_STUCK_HOURS: { standard: 2, min: 1, max: 720 },
  ALERT_FAILED_PERCENT: { standard: 10, min: 0, max: 100 },
  ALERT_UPLOAD_FAILURES: { standard: 5, min: 0, max: 1_000 },
  // One site alone must be able to pass it.
  ALERT_RATE_LIMITS_PER_HOUR: { standard: 10, min: 0, max: RATE_LIMITS_KEPT - 1 },
} as const;

/**
 * The Backfill Worker's variables, all strings, all judged at once: every fault names variable, value and what is
 * allowed. Empty is unset. Secrets are not among them, and are not repeated where one got into a variable, for
 * anybody may read the faults; nor are credentials inside a URL.
 */
export function parseConfig(env: Env): ConfigResult {
  const variables = new Variables(env, [...SECRETS, WEBHOOK_VARIABLE]);
  const integer = (name: keyof typeof INTEGERS) => variables.integer(name, INTEGERS[name]);
  const config: Config = {
    aceApiBase: parseApiBase(variables),
    sites: parseSites(variables),
    maxDaysPerRequest: integer("MAX_DAYS_PER_REQUEST"),
    processTimeoutMs: integer("PROCESS_TIMEOUT_MS"),
    aceTimeoutMs: integer("ACE_TIMEOUT_MS"),
    requestsPerMinute: integer("REQUESTS_PER_MINUTE"),
    pageSize: parsePageSize(variables),
    maxRetries: integer("MAX_RETRIES"),
    retryBaseDelayMs: integer("RETRY_BASE_DELAY_MS"),
    rowGroupSize: integer("ROW_GROUP_SIZE"),
    allowedOrigins: variables.origins("ALLOWED_ORIGINS"),
    alertStuckHours: integer("ALERT_STUCK_HOURS"),
    alertFailedPercent: integer("ALERT_FAILED_PERCENT"),
    alertUploadFailures: integer("ALERT_UPLOAD_FAILURES"),
    alertRateLimitsPerHour: integer("ALERT_RATE_LIMITS_PER_HOUR"),
    alertWebhookUrl: parseWebhook(variables),
  };
  const { faults } = variables;
  return faults.length === 0 ? { ok: true, config } : { ok: false, faults };
}

function parseApiBase(variables: Variables): string {
  const text = variables.text("ACE_API_BASE");
  const allowed = "an http(s) URL without credentials, query or fragment";
  if (text === "") variables.fault(`ACE_API_BASE is not set; it must be ${allowed}`);
  if (!text) return "";
  if (WEB_ADDRESS.test(text) && URL.canParse(text)) return new URL(text).href.replace(/\/+$/, "");
  const shown = variables.quoted("ACE_API_BASE", withoutCredentials(text));
  variables.fault(`ACE_API_BASE is ${shown}; it must be ${allowed}`);
  return "";
}

// URL() alone would repair what can only be a slip: it drops line breaks, turns \ into / and adds what is missing.
const WEB_ADDRESS = /^https?:\/\/[^/\\?#@\s\p{Cc}][^\\?#@\s\p{Cc}]*$/iu;

/** As strict as the API's base; but whoever listens on this machine needs no certificate. */
function parseWebhook(variables: Variables): string | null {
  const text = variables.text(WEBHOOK_VARIABLE);
  if (!text) return null;
  if (HOOK_ADDRESS.test(text) && URL.canParse(text)) {
    const { protocol, hostname, href } = new URL(text);
    if (protocol === "https:" || THIS_MACHINE.includes(hostname)) return href;
  }
  variables.fault(
    `${WEBHOOK_VARIABLE} is not shown, for it may hold a secret; it must be an https URL (http to localhost alone) without credentials or fragment`,
  );
  return null;
}

const HOOK_ADDRESS = /^https?:\/\/[^/\\?#@\s\p{Cc}]+(?:[/?][^\\#\s\p{Cc}]*)?$/iu;
const THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

function parseSites(variables: Variables): SiteName[] {
  const text = variables.text("SITE_NAME");
  const allowed = "site names of A-Z, a-z, 0-9, _ and -, at most 100 characters each, separated by commas";
  if (text === "") variables.fault(`SITE_NAME is not set; it must hold ${allowed}`);
  if (!text) return [];
  const sites = new Set<SiteName>();
  for (const entry of listed(text)) {
    const site = parseSiteName(entry);
    const shown = variables.quoted("SITE_NAME", entry);
    if (!site) variables.fault(`SITE_NAME holds ${shown}; it must hold ${allowed}`);
    else if (sites.has(site)) variables.fault(`SITE_NAME holds ${shown} twice; each site once is allowed`);
    else sites.add(site);
  }
  if (sites.size > SITES_MAX) {
    variables.fault(`SITE_NAME holds ${sites.size} sites; at most ${SITES_MAX} are allowed`);
  }
  return [...sites];
}

function parsePageSize(variables: Variables): number {
  const text = variables.text("PAGE_SIZE");
  if (!text) return 50_000;
  const size = PAGE_SIZES.find((allowed) => String(allowed) === text);
  if (!size) {
    const shown = variables.quoted("PAGE_SIZE", text);
    variables.fault(`PAGE_SIZE is ${shown}; it must be one of ${PAGE_SIZES.join(", ")}`);
  }
  return size ?? 0;
}
