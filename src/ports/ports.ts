/**
 * What the rules can do to the world, each other aside. Each port states what it guarantees; the rules on top know
 * nothing of Cloudflare and run unchanged on `node:sqlite` with a virtual clock.
 */
import type { EpochMs } from "../domain/day.ts";

/** Time and chance. */
export interface Clock {
  now(): EpochMs;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

export type SqlValue = string | number | null | Uint8Array;
export type Row = Record<string, SqlValue>;

/** Synchronous SQL, only valid inside the `tx` that handed it out. Blobs come back as `Uint8Array`. */
export interface Sql {
  run(query: string, ...values: SqlValue[]): void;
  all<T extends Row = Row>(query: string, ...values: SqlValue[]): T[];
}

/** One object's own database. */
export interface Store {
  /** All of `body` or nothing of it. `body` is synchronous: no other code of this object runs inside it. */
  tx<T>(body: (sql: Sql) => T): T;
  /** Resolves once everything committed so far is durable. */
  sync(): Promise<void>;
}

/** One wake-up time an object. It fires at least once, also after a crash, and then is unset. */
export interface Alarm {
  /** Durable after `store.sync()`. Replaces the time that was set. */
  arm(at: EpochMs): Promise<void>;
  disarm(): Promise<void>;
  armedAt(): Promise<EpochMs | undefined>;
}

/** A response of which only status and headers have been read. Has to be read or discarded. */
export interface VendorResponse {
  readonly status: number;
  readonly contentType: string;
  /** The header as it came. */
  readonly retryAfter: string | undefined;
  /** The whole body. Throws `VendorFault` when it breaks off, or exceeds `bytesMax`. */
  bytes(bytesMax: number): Promise<Uint8Array>;
  /** Releases the connection of a body that is not needed. */
  discard(): void;
}

/**
 * The ACE API. One call is one request: no retries, no redirects, no rate limit. `src/ace/client` wraps it with permits
 * and time limits, as the same port.
 */
export interface Vendor {
  /** `path` is relative to the base, with its query. Throws `VendorFault`, also soon after `signal` aborts. */
  get(path: string, signal: AbortSignal): Promise<VendorResponse>;
  /** `text` without the API key. Every quote of a response passes here: a server may repeat what it was sent. */
  redact(text: string): string;
}

/** The published view: eventually consistent, one write a second a key, may refuse. Nothing is read back. */
export interface View {
  put(key: string, value: string, ttlSeconds: number | undefined): Promise<void>;
}

/**
 * Permission for one arrival at the vendor, due at `dueAt`. All times of the gate are by its own clock: elsewhere
 * only how long after `askedAt`, when the call reached it, they are means anything.
 */
export interface Permit {
  readonly kind: "permit";
  readonly askedAt: EpochMs;
  readonly dueAt: EpochMs;
}

/** No permit within the time a call is held; ask again, at `retryAt` at the earliest. */
export interface Denied {
  readonly kind: "denied";
  readonly askedAt: EpochMs;
  readonly retryAt: EpochMs;
}

/** The live lane is for new data; calls without a lane are the backfill's. */
export type GateLane = "live";

/** The rate limit of one API key. */
export interface Gate {
  /**
   * Holds until a permit is due, at most 20 s. `caller` takes turns with other callers of its lane. Live calls go
   * first, but while calls of the backfill wait, these get at least every second permit.
   */
  acquire(caller: string, lane?: GateLane): Promise<Permit | Denied>;
  /** No permits for `ms`. Never shortens a pause. */
  pauseFor(ms: number): Promise<void>;
  pausedUntil(): Promise<EpochMs | undefined>;
  /** Permits given within the last minute, as far as this gate remembers. */
  permitsLastMinute(): Promise<number>;
}

/** Who is told of alerts, over HTTP. May be slow, away, or hear the same twice; it follows no redirect. */
export interface AlertReceiver {
  /**
   * One try; answers with the status of the reply. `key` is the same in every try of one notice, and tells it from all
   * others. Throws where no reply came; what it throws quotes no address.
   */
  deliver(body: string, key: string, signal: AbortSignal): Promise<number>;
}

/** One structured line. `fields` are data, never secrets. */
export type Log = (
  level: "INFO" | "WARN" | "ERROR",
  message: string,
  fields?: Record<string, unknown>,
) => void;
