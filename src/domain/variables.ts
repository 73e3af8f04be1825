/** The kinds of variable that a Worker can have: each is a zod schema with its default, its bounds and its message. */
import { z } from "zod";
import { parseSiteName, type SiteName } from "./site.ts";

/** What the runtime hands a Worker: variables, secrets and bindings in one object. */
export type Env = Readonly<Record<string, unknown>>;

export type ConfigResult<C> =
  | { readonly ok: true; readonly config: C }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Parses a Worker's variables and names every fault at once, each with variable, value and what is allowed. Anyone may
 * read the faults, and an operator's slip can put a secret into a variable: where a secret is in a variable,
 * its fault shows `***` for the value.
 */
export function parseVariables<C>(
  schema: z.ZodType<C>,
  env: Env,
  secretNames: readonly string[],
): ConfigResult<C> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return { ok: true, config: parsed.data };
  const secrets = secretNames.map((name) => secretOf(env, name)).filter((secret) => secret !== "");
  return { ok: false, faults: parsed.error.issues.map((issue) => faultOf(issue, env, secrets)) };
}

function faultOf(issue: z.core.$ZodIssue, env: Env, secrets: readonly string[]): string {
  const [name = ""] = issue.path.map(String);
  const values: readonly string[] = (issue.code === "custom" && issue.params?.values) || [];
  const whole = env[name];
  const hidden = typeof whole === "string" && secrets.some((secret) => whole.includes(secret));
  const [first = "", ...others] = issue.message.split("%s");
  const shown = others.map((text, index) => `"${hidden ? "***" : shortened(values[index] ?? "")}"${text}`);
  return [`${name} ${first}`, ...shown].join("");
}

const shortened = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** A secret, "" where unset; trimmed, for `echo KEY | wrangler secret put` leaves a newline that no header could carry. */
export function secretOf(env: Env, name: string): string {
  const value = env[name];
  return typeof value === "string" ? value.trim() : "";
}

/** Adds a fault to the variable; each `%s` in `message` shows one of `values`. */
type AddFault = (message: string, ...values: readonly string[]) => void;

/** A variable whose trimmed text is parsed by `parse`; the text is "" where the variable is unset. */
export function variable<T>(parse: (text: string, fault: AddFault) => T) {
  return TEXT.transform((text, context) =>
    parse(text, (message, ...values) => context.addIssue({ code: "custom", message, params: { values } })),
  );
}

const TEXT = z
  .string({ error: ({ input }) => `is a ${typeof input}; it must be a string, in quotes` })
  .trim()
  .nullish()
  .transform((text) => text ?? "");

/** A whole number in decimal digits; `standard` where it is unset. */
export function integer({ standard, min, max }: { standard: number; min: number; max: number }) {
  return variable((text, fault) => {
    if (text === "") return standard;
    // Number() alone would take "1e3", "0x10" and "5.0".
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max))
      fault(`is %s; it must be a whole number from ${min} to ${max}`, text);
    return value;
  });
}

/** One of the numbers `allowed`; `standard` where it is unset. */
export function choice(allowed: readonly number[], standard: number) {
  return variable((text, fault) => {
    if (text === "") return standard;
    const value = allowed.find((number) => String(number) === text);
    if (value === undefined) fault(`is %s; it must be one of ${allowed.join(", ")}`, text);
    return value ?? standard;
  });
}

/** One of the words `allowed`, the first of which is the default. */
export function oneOf<const T extends string>(...allowed: readonly [T, ...T[]]) {
  return variable((text, fault): T => {
    const value = text === "" ? allowed[0] : allowed.find((word) => word === text);
    if (value === undefined) fault(`is %s; it must be ${allowed.join(" or ")}`, text);
    return value ?? allowed[0];
  });
}

/** Site names, separated by commas, at least one and at most `max`. */
export function siteNames(max: number) {
  const allowed = "site names of A-Z, a-z, 0-9, _ and -, at most 100 characters each, separated by commas";
  return variable((text, fault): readonly SiteName[] => {
    const sites = new Set<SiteName>();
    if (text === "") fault(`is not set; it must hold ${allowed}`);
    for (const entry of text === "" ? [] : listed(text)) {
      const site = parseSiteName(entry);
      if (!site) fault(`holds %s; it must hold ${allowed}`, entry);
      else if (sites.has(site)) fault("holds %s twice; each site once is allowed", entry);
      else sites.add(site);
    }
    if (sites.size > max) fault(`holds ${sites.size} sites; at most ${max} are allowed`);
    return [...sites];
  });
}

/** Origins as browsers send them, separated by commas; none where it is unset. */
export function origins() {
  return variable((text, fault): readonly string[] => {
    const found = new Set<string>();
    for (const entry of text === "" ? [] : listed(text)) {
      const url = /^https?:\/\/[^*]+$/.test(entry) && URL.canParse(entry) ? new URL(entry) : undefined;
      // Browsers send the serialized origin: a text that differs from it would never match.
      if (url?.origin === entry) found.add(entry);
      else {
        const meant = url ? " (did you mean %s?)" : "";
        const values = [withoutCredentials(entry), ...(url ? [url.origin] : [])];
        fault(
          `holds %s${meant}; it must hold exact origins, scheme://host[:port] in lower case without path or wildcard, separated by commas`,
          ...values,
        );
      }
    }
    return [...found];
  });
}

/** The base address of an API, without slashes at its end; required. */
export function apiBase() {
  const allowed = "an http(s) URL without credentials, query or fragment";
  return variable((text, fault) => {
    if (text === "") fault(`is not set; it must be ${allowed}`);
    else if (API_BASE.test(text) && URL.canParse(text)) return new URL(text).href.replace(/\/+$/, "");
    else fault(`is %s; it must be ${allowed}`, withoutCredentials(text));
    return "";
  });
}

// URL() alone would repair a slip: it drops line breaks, turns \ into / and adds what is missing.
const API_BASE = /^https?:\/\/[^/\\?#@\s\p{Cc}][^\\?#@\s\p{Cc}]*$/iu;

/** The address of a webhook, null where it is unset. Never shown: its path may be a secret. */
export function webhookUrl() {
  return variable((text, fault) => {
    if (text === "") return null;
    if (WEBHOOK.test(text) && URL.canParse(text)) {
      const { protocol, hostname, href } = new URL(text);
      if (protocol === "https:" || THIS_MACHINE.includes(hostname)) return href;
    }
    fault(
      "is not shown, because it may contain a secret; it must be an https URL (http only to localhost) without credentials or fragment",
    );
    return null;
  });
}

const WEBHOOK = /^https?:\/\/[^/\\?#@\s\p{Cc}]+(?:[/?][^\\#\s\p{Cc}]*)?$/iu;
// A receiver on the same machine needs no certificate.
const THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

export function listed(text: string): string[] {
  return text.split(",").map((entry) => entry.trim());
}

/** Hides everything up to the last "@", for a password may hold any character, and everything behind "?" or "#". */
function withoutCredentials(url: string): string {
  return url.replace(/^[\s\S]*@/, "***@").replace(/([?#])[\s\S]*$/, "$1***");
}
