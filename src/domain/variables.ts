/** What the runtime hands a Worker: variables, secrets and bindings under one roof. */
export type Env = Readonly<Record<string, unknown>>;

/** A whole number in decimal digits; `standard` where it is unset. */
export interface IntegerBounds {
  readonly standard: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Reads a Worker's variables and gathers what is wrong with them. No fault shows a secret, for anybody may read the
 * faults, and an operator's slip can put one into a variable.
 */
export class Variables {
  readonly faults: string[] = [];
  readonly #env: Env;
  readonly #secrets: readonly string[];

  constructor(env: Env, secretNames: readonly string[]) {
    this.#env = env;
    this.#secrets = secretNames.map((name) => secretOf(env, name)).filter((secret) => secret !== "");
  }

  fault(text: string): void {
    this.faults.push(text);
  }

  /** The trimmed text; "" where unset; undefined, with a fault, where it is no string. */
  text(name: string): string | undefined {
    const value = this.#env[name];
    if (value === undefined || value === null) return "";
    if (typeof value === "string") return value.trim();
    this.fault(`${name} is a ${typeof value}; it must be a string, in quotes`);
    return undefined;
  }

  integer(name: string, { standard, min, max }: IntegerBounds): number {
    const text = this.text(name);
    if (!text) return standard;
    // Number() alone would take "1e3", "0x10" and "5.0".
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.fault(`${name} is ${this.quoted(name, text)}; it must be a whole number from ${min} to ${max}`);
    return standard;
  }

  origins(name: string): string[] {
    const text = this.text(name);
    if (!text) return [];
    const origins = new Set<string>();
    for (const entry of listed(text)) {
      const url = /^https?:\/\/[^*]+$/.test(entry) && URL.canParse(entry) ? new URL(entry) : undefined;
      // Browsers send the serialized origin: anything that differs from it would never match.
      if (url?.origin === entry) origins.add(entry);
      else {
        const meant = url ? ` (${this.quoted(name, url.origin)} is meant?)` : "";
        this.fault(
          `${name} holds ${this.quoted(name, withoutCredentials(entry))}${meant}; it must hold exact origins, scheme://host[:port] in lower case without path or wildcard, separated by commas`,
        );
      }
    }
    return [...origins];
  }

  /** What a fault shows of a variable: nothing where a secret got into it, whole or as a part. */
  quoted(name: string, text: string): string {
    const whole = String(this.#env[name]);
    if (this.#secrets.some((secret) => whole.includes(secret))) return '"***"';
    return `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`;
  }
}

/** A secret, "" where unset; trimmed, for `echo KEY | wrangler secret put` leaves a newline that no header could carry. */
export function secretOf(env: Env, name: string): string {
  const value = env[name];
  return typeof value === "string" ? value.trim() : "";
}

export function listed(text: string): string[] {
  return text.split(",").map((entry) => entry.trim());
}

/** All up to the last "@", for a password may hold any character, and all behind "?" or "#". */
export function withoutCredentials(url: string): string {
  return url.replace(/^[\s\S]*@/, "***@").replace(/([?#])[\s\S]*$/, "$1***");
}
