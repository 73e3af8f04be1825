import type { Archive, Vendor, View } from "../../../src/backfill/ports.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { HotStore } from "../../../src/ports/hot.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Scheduler } from "./scheduler.ts";

/** Requests of an object that may wait for their headers; the platform delays a seventh. */
const CONNECTIONS_MAX = 6;
/** The platform ends a request that hangs longer; no caller of ours waits longer for headers. */
const CONNECTION_MS_MAX = 60_000;
const METADATA_BYTES_MAX = 8_192;
/** Statements of D1 in one invocation, those of a batch counted one by one. */
const QUERIES_MAX = 1_000;
const RESULT_BYTES_MAX = 50_000_000;
export const KEY_GAP_MS = 1_000;

export class LimitBroken extends Error {
  readonly kind = "limit-broken";
  constructor(limit: string) {
    super(`a production limit is exceeded: ${limit}`);
  }
}

/** The limit of a write a second for each key in R2 and KV, counted when writes arrive. */
export class WriteRate {
  readonly #last = new Map<string, EpochMs>();
  /** Writes that were refused because they followed another too soon. */
  refused = 0;

  admit(service: string, key: string, now: EpochMs): void {
    const tooSoon = now - (this.#last.get(key) ?? Number.NEGATIVE_INFINITY) < KEY_GAP_MS;
    if (tooSoon) {
      this.refused += 1;
      throw new Error(`${service}: 429 too many requests for ${key}`);
    }
    this.#last.set(key, now);
  }
}

/**
 * Limits of production that local workerd does not have. A caller that exceeds a limit gets an error, as in production,
 * and the breach is recorded, because rules that tolerate the error would hide it.
 */
export class ProductionLimits {
  readonly breaches: LimitBroken[] = [];
  /**
   * Whether a put of a key within a second is a breach. An object can't avoid it after a step forward of its clock, nor
   * after two deaths between a put and its response: then KV only refuses the put.
   */
  keepsDistance = true;
  /** Refusals are no breaches: late writes count here too, and the rules handle a refusal as any failure. */
  readonly r2 = new WriteRate();
  readonly kv = new WriteRate();
  readonly #scheduler: Scheduler;
  readonly #waiting = new Map<Incarnation, Set<{ readonly label: string; readonly since: EpochMs }>>();
  readonly #begun = new Map<string, EpochMs>();
  readonly #queries = new Map<string, { readonly invocation: number; readonly count: number }>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Throws the first breach, if any. */
  check(): void {
    const [first] = this.breaches;
    if (first) throw first;
  }

  vendor(incarnation: Incarnation, vendor: Vendor): Vendor {
    return {
      ...vendor,
      get: (path, signal) => this.#connected(incarnation, "vendor.get", () => vendor.get(path, signal)),
    };
  }

  archive(incarnation: Incarnation, archive: Archive): Archive {
    const connected = <T>(what: string, work: () => Promise<T>) =>
      this.#connected(incarnation, `archive.${what}`, work);
    return {
      head: (key) => connected("head", () => archive.head(key)),
      publish: (key, file, expected) => {
        const bytes = Buffer.byteLength(Object.entries(file.metadata).flat().join(""));
        if (bytes > METADATA_BYTES_MAX) return this.#broken(`${bytes} bytes of metadata for ${key}`);
        return connected("publish", () => archive.publish(key, file, expected));
      },
      list: (prefix, cursor) => connected("list", () => archive.list(prefix, cursor)),
      read: (key, range, condition) => connected("read", () => archive.read(key, range, condition)),
    };
  }

  view(incarnation: Incarnation, view: View): View {
    return {
      put: (key, value, ttl) => {
        // A doomed incarnation sends nothing.
        if (!incarnation.runs) return new Promise(() => undefined);
        const { now } = this.#scheduler;
        const gapMs = now - (this.#begun.get(key) ?? Number.NEGATIVE_INFINITY);
        this.#begun.set(key, now);
        if (gapMs < KEY_GAP_MS) {
          const limit = `${key} is put again after ${gapMs} ms`;
          return this.keepsDistance ? this.#broken(limit) : Promise.reject(new LimitBroken(limit));
        }
        return this.#connected(incarnation, "view.put", () => view.put(key, value, ttl));
      },
    };
  }

  /** `invocation` is the number of the caller's invocation, an alarm for instance. */
  hot(incarnation: Incarnation, hot: HotStore, invocation: () => number): HotStore {
    const queried = async <T>(queries: number, work: () => Promise<T>, bytes: (result: T) => number) => {
      const { name } = incarnation;
      const before = this.#queries.get(name);
      const count = queries + (before?.invocation === invocation() ? before.count : 0);
      this.#queries.set(name, { invocation: invocation(), count });
      if (count > QUERIES_MAX) return this.#broken(`${name} sends ${count} queries to D1 in an invocation`);
      const result = await this.#connected(incarnation, "hot", work);
      if (bytes(result) > RESULT_BYTES_MAX) return this.#broken(`a result of D1 has ${bytes(result)} bytes`);
      return result;
    };
    return {
      select: (statement, ...values) =>
        queried(
          1,
          () => hot.select(statement, ...values),
          ({ rows }) => bytesOf(rows as readonly object[]),
        ),
      batch: (statements) =>
        queried(
          statements.length,
          () => hot.batch(statements),
          ({ results }) => bytesOf(results.flat()),
        ),
      size: () =>
        queried(
          1,
          () => hot.size(),
          () => 0,
        ),
    };
  }

  async #connected<T>(incarnation: Incarnation, label: string, work: () => Promise<T>): Promise<T> {
    const { now } = this.#scheduler;
    const waiting = this.#waiting.get(incarnation) ?? new Set();
    this.#waiting.set(incarnation, waiting);
    for (const call of waiting) if (now - call.since > CONNECTION_MS_MAX) waiting.delete(call);
    if (waiting.size >= CONNECTIONS_MAX) {
      const others = [...waiting].map((call) => call.label).join(", ");
      return this.#broken(`${incarnation.name} begins ${label} beside ${others}`);
    }
    const mine = { label, since: now };
    waiting.add(mine);
    try {
      return await work();
    } finally {
      waiting.delete(mine);
    }
  }

  #broken(limit: string): Promise<never> {
    const breach = new LimitBroken(limit);
    this.breaches.push(breach);
    return Promise.reject(breach);
  }
}

/** Of the texts and numbers of rows, about as D1 sends them. */
function bytesOf(rows: readonly object[]): number {
  let bytes = 0;
  for (const row of rows)
    for (const value of Object.values(row)) bytes += typeof value === "string" ? value.length : 8;
  return bytes;
}
