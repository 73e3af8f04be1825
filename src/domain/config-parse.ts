import { type Config, QUERY_SECRETS, type QueryConfig, SECRETS, type SecretName } from "./config.ts";
import { parseSiteName, type SiteName } from "./site.ts";

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
} as const;

type Env = Readonly<Record<string, unknown>>;

/**
 * The Worker's variables, all strings, all judged at once: every fault names variable, value and what is
 * allowed. Empty is unset. Secrets are not among them, and are not repeated where one got into a variable, for
 * anybody may read the faults; nor are credentials inside a URL.
 */
export function parseConfig(env: Env): ConfigResult {
  const faults: string[] = [];
  const integer = (name: keyof typeof INTEGERS) => parseInteger(env, name, faults);
  const config: Config = {
    aceApiBase: parseApiBase(env, faults),
    sites: parseSites(env, faults),
    maxDaysPerRequest: integer("MAX_DAYS_PER_REQUEST"),
    processTimeoutMs: integer("PROCESS_TIMEOUT_MS"),
    aceTimeoutMs: integer("ACE_TIMEOUT_MS"),
    requestsPerMinute: integer("REQUESTS_PER_MINUTE"),
    pageSize: parsePageSize(env, faults),
    maxRetries: integer("MAX_RETRIES"),
    retryBaseDelayMs: integer("RETRY_BASE_DELAY_MS"),
    rowGroupSize: integer("ROW_GROUP_SIZE"),
    allowedOrigins: parseOrigins(env, faults),
  };
  return faults.length === 0 ? { ok: true, config } : { ok: false, faults };
}

/** The Query Worker's variables, judged in the same way. */
export function parseQueryConfig(env: Env): ConfigResult<QueryConfig> {
  const faults: string[] = [];
  const config = { allowedOrigins: parseOrigins(env, faults) };
  return faults.length === 0 ? { ok: true, config } : { ok: false, faults };
}

/** A secret, "" where unset; trimmed, for `echo KEY | wrangler secret put` leaves a newline that no header could carry. */
export function secretOf(env: Env, name: SecretName): string {
  const value = env[name];
  return typeof value === "string" ? value.trim() : "";
}

function parseApiBase(env: Env, faults: string[]): string {
  const text = textOf(env, "ACE_API_BASE", faults);
  const allowed = "an http(s) URL without credentials, query or fragment";
  if (text === "") faults.push(`ACE_API_BASE is not set; it must be ${allowed}`);
  if (!text) return "";
  if (WEB_ADDRESS.test(text) && URL.canParse(text)) return new URL(text).href.replace(/\/+$/, "");
  faults.push(
    `ACE_API_BASE is ${quoted(env, "ACE_API_BASE", withoutCredentials(text))}; it must be ${allowed}`,
  );
  return "";
}

// URL() alone would repair what can only be a slip: it drops line breaks, turns \ into / and adds what is missing.
const WEB_ADDRESS = /^https?:\/\/[^/\\?#@\s\p{Cc}][^\\?#@\s\p{Cc}]*$/iu;

/** All up to the last "@", for a password may hold any character, and all behind "?" or "#". */
function withoutCredentials(url: string): string {
  return url.replace(/^[\s\S]*@/, "***@").replace(/([?#])[\s\S]*$/, "$1***");
}

function parseSites(env: Env, faults: string[]): SiteName[] {
  const text = textOf(env, "SITE_NAME", faults);
  const allowed = "site names of A-Z, a-z, 0-9, _ and -, at most 100 characters each, separated by commas";
  if (text === "") faults.push(`SITE_NAME is not set; it must hold ${allowed}`);
  if (!text) return [];
  const sites = new Set<SiteName>();
  for (const entry of listed(text)) {
    const site = parseSiteName(entry);
    if (!site) faults.push(`SITE_NAME holds ${quoted(env, "SITE_NAME", entry)}; it must hold ${allowed}`);
    else if (sites.has(site))
      faults.push(`SITE_NAME holds ${quoted(env, "SITE_NAME", site)} twice; each site once is allowed`);
    else sites.add(site);
  }
  if (sites.size > SITES_MAX) {
    faults.push(`SITE_NAME holds ${sites.size} sites; at most ${SITES_MAX} are allowed`);
  }
  return [...sites];
}

function parsePageSize(env: Env, faults: string[]): number {
  const text = textOf(env, "PAGE_SIZE", faults);
  if (!text) return 50_000;
  const size = PAGE_SIZES.find((allowed) => String(allowed) === text);
  if (!size)
    faults.push(`PAGE_SIZE is ${quoted(env, "PAGE_SIZE", text)}; it must be one of ${PAGE_SIZES.join(", ")}`);
  return size ?? 0;
}

function parseInteger(env: Env, name: keyof typeof INTEGERS, faults: string[]): number {
  const { standard, min, max } = INTEGERS[name];
  const text = textOf(env, name, faults);
  if (!text) return standard;
  // Number() alone would take "1e3", "0x10" and "5.0".
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  faults.push(`${name} is ${quoted(env, name, text)}; it must be a whole number from ${min} to ${max}`);
  return standard;
}

function parseOrigins(env: Env, faults: string[]): string[] {
  const text = textOf(env, "ALLOWED_ORIGINS", faults);
  if (!text) return [];
  const origins = new Set<string>();
  for (const entry of listed(text)) {
    const url = /^https?:\/\/[^*]+$/.test(entry) && URL.canParse(entry) ? new URL(entry) : undefined;
    // Browsers send the serialized origin: anything that differs from it would never match.
    if (url?.origin === entry) origins.add(entry);
    else {
      const meant = url ? ` (${quoted(env, "ALLOWED_ORIGINS", url.origin)} is meant?)` : "";
      faults.push(
        `ALLOWED_ORIGINS holds ${quoted(env, "ALLOWED_ORIGINS", withoutCredentials(entry))}${meant}; it must hold exact origins, scheme://host[:port] in lower case without path or wildcard, separated by commas`,
      );
    }
  }
  return [...origins];
}

/** The trimmed text; "" where unset; undefined, with a fault, where it is no string. */
function textOf(env: Env, name: string, faults: string[]): string | undefined {
  const value = env[name];
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value.trim();
  faults.push(`${name} is a ${typeof value}; it must be a string, in quotes`);
  return undefined;
}

function listed(text: string): string[] {
  return text.split(",").map((entry) => entry.trim());
}

/** What a fault shows of a variable: nothing where a secret got into it, whole or as a part. */
function quoted(env: Env, name: string, text: string): string {
  const whole = String(env[name]);
  const held = [...SECRETS, ...QUERY_SECRETS].some(
    (secret) => secretOf(env, secret) !== "" && whole.includes(secretOf(env, secret)),
  );
  return held ? '"***"' : `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`;
}
