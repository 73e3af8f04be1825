import type { EpochMs } from "../../domain/day.ts";
import { COMMIT_SHARE, WORK_SHARE } from "../../domain/limits.ts";
import type { Clock } from "../../ports/ports.ts";

/** A reservation that was not renewed for so long belongs to a killed object: longer than a request with its permit. */
export const RESERVATION_LEASE_MS = 300_000;

/** A waiting caller checks for expired reservations, and reports a heartbeat, this often. */
const CHECK_INTERVAL_MS = 60_000;

/** The object that reserves memory. */
export interface MemoryOwner {
  readonly clock: Clock;
  /** The object's name, which all its incarnations share. */
  readonly site: string;
  heartbeat(): void;
}

/** Memory that is set aside for one owner until it is released. */
export interface Reservation {
  readonly bytes: number;
  /** Returns false, and changes nothing, where more bytes do not fit. Renews the lease. */
  resize(bytes: number): boolean;
  renew(): void;
  release(): void;
}

/** A reservation that waits or is granted. */
interface Entry {
  bytes: number;
  renewedAt: EpochMs;
  readonly site: string;
  wake: () => void;
}

interface Cached {
  readonly bytes: number;
  readonly evict: () => void;
}

/** How many of the waiting reservations fit, in their order: a small one does not overtake a large one. Pure. */
export function grantableCount(waiting: readonly { readonly bytes: number }[], freeBytes: number): number {
  let left = freeBytes;
  const end = waiting.findIndex(({ bytes }) => {
    left -= bytes;
    return left < 0;
  });
  return end < 0 ? waiting.length : end;
}

/** Whether the lease has ended. A renewal in the future proves nothing: the clock has stepped back since. Pure. */
export function isExpired(renewedAt: EpochMs, now: EpochMs): boolean {
  const ageMs = now - renewedAt;
  return ageMs < 0 || ageMs >= RESERVATION_LEASE_MS;
}

/**
 * The pipeline's memory in an isolate. `bytesMax` has three parts: one for the work under the isolate's lock, one for a
 * synchronous commit, and the rest, which can be reserved. The first two need no reservation, because only one of each
 * runs at a time.
 */
export class Memory {
  /** For the work under the lock: a page or a merge slice, with the names of its points. */
  readonly workBytesMax: number;
  /** For a commit: a run, sorted and encoded. */
  readonly commitBytesMax: number;
  readonly reservableBytes: number;
  readonly #granted = new Set<Entry>();
  #waiting: Entry[] = [];
  /** In the order of their last use. */
  readonly #cached = new Map<object, Cached>();
  #usedBytes = 0;
  #peakBytes = 0;

  constructor(bytesMax: number) {
    this.workBytesMax = Math.floor(bytesMax * WORK_SHARE);
    this.commitBytesMax = Math.floor(bytesMax * COMMIT_SHARE);
    this.reservableBytes = bytesMax - this.workBytesMax - this.commitBytesMax;
  }

  /**
   * Reserves `bytes`, at most `reservableBytes`, and waits until they fit. Returns undefined where `signal` is aborted
   * before, or a newer incarnation of the object has started. A caller that has a reservation or the lock must not call
   * this: since callers with memory never wait for more, no two callers wait for each other.
   */
  async reserve(owner: MemoryOwner, bytes: number, signal: AbortSignal): Promise<Reservation | undefined> {
    const { clock, site } = owner;
    const entry: Entry = {
      bytes: Math.min(bytes, this.reservableBytes),
      renewedAt: clock.now(),
      site,
      wake: () => {},
    };
    this.#waiting.push(entry);
    this.#grant(clock.now());
    while (this.#waiting.includes(entry) && !signal.aborted) {
      const woken = new AbortController();
      entry.wake = () => woken.abort();
      signal.addEventListener("abort", entry.wake, { once: true });
      await clock.sleep(CHECK_INTERVAL_MS, woken.signal);
      signal.removeEventListener("abort", entry.wake);
      owner.heartbeat();
      this.#grant(clock.now());
    }
    if (this.#granted.has(entry)) {
      entry.renewedAt = clock.now();
      return this.#reservation(entry, clock);
    }
    this.#waiting = this.#waiting.filter((waiting) => waiting !== entry);
    this.#grant(clock.now());
    return undefined;
  }

  /** Drops the reservations of earlier incarnations of an object, granted and waiting: they may commit nothing any more. */
  dropReservations(site: string, now: EpochMs): void {
    for (const entry of this.#granted) if (entry.site === site) this.#granted.delete(entry);
    const dropped = this.#waiting.filter((entry) => entry.site === site);
    this.#waiting = this.#waiting.filter((entry) => entry.site !== site);
    for (const { wake } of dropped) wake();
    this.#grant(now);
  }

  /**
   * Counts data that can be loaded again, under `key`, until `evict` is called because a reservation needs the room.
   * Returns false, and counts nothing, where the data does not fit beside the reservations. `evict` must not do I/O: it
   * is called on behalf of another object.
   */
  cache(key: object, bytes: number, evict: () => void): boolean {
    this.uncache(key);
    if (this.#waiting.length > 0 || !this.#makeRoom(bytes)) return false;
    this.#cached.set(key, { bytes, evict });
    this.#updatePeak();
    return true;
  }

  /** Marks `key` as used: others are evicted before it. */
  touchCached(key: object): void {
    const cached = this.#cached.get(key);
    if (!cached) return;
    this.#cached.delete(key);
    this.#cached.set(key, cached);
  }

  uncache(key: object): void {
    this.#cached.delete(key);
  }

  /**
   * Counts memory of the work under the lock, or of a synchronous commit, until the returned function is called. The
   * caller must not await anything before that call.
   */
  use(bytes: number): () => void {
    this.#usedBytes += bytes;
    this.#updatePeak();
    let used = true;
    return () => {
      if (used) this.#usedBytes -= bytes;
      used = false;
    };
  }

  get bytes(): number {
    return this.#reservedBytes + this.#cachedBytes + this.#usedBytes;
  }

  get peakBytes(): number {
    return this.#peakBytes;
  }

  #reservation(entry: Entry, clock: Clock): Reservation {
    return {
      get bytes() {
        return entry.bytes;
      },
      resize: (bytes) => {
        entry.renewedAt = clock.now();
        // A reservation that was dropped because its lease had ended is granted again where it fits.
        const before = this.#granted.has(entry) ? entry.bytes : 0;
        if (bytes > before && !this.#makeRoom(bytes - before)) return false;
        entry.bytes = bytes;
        this.#granted.add(entry);
        this.#updatePeak();
        if (bytes < before) this.#grant(clock.now());
        return true;
      },
      renew: () => {
        entry.renewedAt = clock.now();
      },
      release: () => {
        this.#granted.delete(entry);
        this.#grant(clock.now());
      },
    };
  }

  /** Drops expired reservations, and grants waiting ones that fit. A killed caller's grant ends with its lease. */
  #grant(now: EpochMs): void {
    for (const entry of this.#granted) if (isExpired(entry.renewedAt, now)) this.#granted.delete(entry);
    const count = grantableCount(this.#waiting, this.reservableBytes - this.#reservedBytes);
    for (const entry of this.#waiting.splice(0, count)) {
      this.#makeRoom(entry.bytes);
      entry.renewedAt = now;
      this.#granted.add(entry);
      this.#updatePeak();
      entry.wake();
    }
  }

  /** Evicts cached data, the least recently used first; false, and nothing is evicted, where that is not enough. */
  #makeRoom(bytes: number): boolean {
    if (this.#reservedBytes + bytes > this.reservableBytes) return false;
    for (const [key, { evict }] of this.#cached) {
      if (this.#reservedBytes + this.#cachedBytes + bytes <= this.reservableBytes) break;
      this.#cached.delete(key);
      evict();
    }
    return true;
  }

  get #reservedBytes(): number {
    return sum(this.#granted);
  }

  get #cachedBytes(): number {
    return sum(this.#cached.values());
  }

  #updatePeak(): void {
    this.#peakBytes = Math.max(this.#peakBytes, this.bytes);
  }
}

function sum(parts: Iterable<{ readonly bytes: number }>): number {
  let bytes = 0;
  for (const part of parts) bytes += part.bytes;
  return bytes;
}
