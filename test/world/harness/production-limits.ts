import type { Archive, Vendor, View } from "../../../src/backfill/ports.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Scheduler } from "./scheduler.ts";

/** Requests of one object that wait for their headers; the platform holds back a seventh. */
const CONNECTIONS_MAX = 6;
/** What hangs longer is the platform's to end: none of our callers waits longer for headers. */
const CONNECTION_MS_MAX = 60_000;
const METADATA_BYTES_MAX = 8_192;
export const KEY_GAP_MS = 1_000;

export class LimitBroken extends Error {
  readonly kind = "limit-broken";
  constructor(limit: string) {
    super(`a production limit is broken: ${limit}`);
  }
}

/** One write a second a key, as R2 and KV count them: at the writes that arrive. */
export class WriteRate {
  readonly #last = new Map<string, EpochMs>();
  /** Writes that came too soon after another. */
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
 * Limits of production that local workerd does not have. Who breaks one is told, as there, and the breach is kept
 * besides: rules that put up with the refusal would hide it.
 */
export class ProductionLimits {
  readonly breaches: LimitBroken[] = [];
  /**
   * Across a step forward of its clock no object can keep a distance in time, nor one that died twice between a put and
   * its answer: unset, KV just refuses.
   */
  keepsDistance = true;
  /** Not breaches: late and foreign writes count here too, and the rules take a refusal as any other. */
  readonly r2 = new WriteRate();
  readonly kv = new WriteRate();
  readonly #scheduler: Scheduler;
  readonly #waiting = new Map<Incarnation, Set<{ readonly label: string; readonly since: EpochMs }>>();
  readonly #begun = new Map<string, EpochMs>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Throws the first breach there was. */
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
        // What the doomed say is never sent.
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

  async #connected<T>(incarnation: Incarnation, label: string, work: () => Promise<T>): Promise<T> {
    const { now } = this.#scheduler;
    const waiting = this.#waiting.get(incarnation) ?? new Set();
    this.#waiting.set(incarnation, waiting);
    for (const one of waiting) if (now - one.since > CONNECTION_MS_MAX) waiting.delete(one);
    if (waiting.size >= CONNECTIONS_MAX) {
      const others = [...waiting].map((one) => one.label).join(", ");
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
