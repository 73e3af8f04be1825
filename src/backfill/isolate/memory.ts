import type { EpochMs } from "../../domain/day.ts";
import { COMMIT_SHARE, WORK_SHARE } from "../../domain/limits.ts";
import type { Clock } from "../ports.ts";

/**
 * A reservation that was not renewed for so long belongs to a killed object. Longer than one request takes with its
 * permit and its turn.
 */
export const RESERVATION_LEASE_MS = 300_000;

/** A waiting caller looks again after this at the latest, and says that it lives. */
const WAIT_MS_MAX = 60_000;

/** Who reserves memory. */
export interface MemoryOwner {
  readonly clock: Clock;
  /** The object's name: its next incarnation drops what this one has reserved. */
  readonly site: string;
  heartbeat(): void;
}

/** Memory that is set aside for one owner until it is released. */
export interface Reservation {
  readonly bytes: number;
  /** False where more does not fit; the reservation is then as before. Renews the lease. */
  resize(bytes: number): boolean;
  renew(): void;
  release(): void;
}

interface Claim {
  bytes: number;
  renewedAt: EpochMs;
  readonly site: string;
  wake: () => void;
}

interface Cached {
  readonly bytes: number;
  readonly evict: () => void;
}

/** How many of those that wait may go, in their order: a small claim does not pass a large one. */
export function admitted(waiting: readonly { readonly bytes: number }[], freeBytes: number): number {
  let left = freeBytes;
  const end = waiting.findIndex(({ bytes }) => {
    left -= bytes;
    return left < 0;
  });
  return end < 0 ? waiting.length : end;
}

/** Whether the lease is over; a renewal in the future means that the clock has stepped back, and proves nothing. */
export function isExpired(renewedAt: EpochMs, now: EpochMs): boolean {
  const ageMs = now - renewedAt;
  return ageMs < 0 || ageMs >= RESERVATION_LEASE_MS;
}

/**
 * The pipeline's memory in an isolate. `bytesMax` has three parts: of the work under the isolate's lock, of a synchronous
 * commit, and what can be reserved. The first two are always free when they are needed, for one of each runs at a time.
 */
export class Memory {
  /** For the work under the lock: one page, one merge slice, with the names of its points. */
  readonly workBytesMax: number;
  /** For a commit: one run sorted and encoded. */
  readonly commitBytesMax: number;
  readonly reservableBytes: number;
  readonly #claims = new Set<Claim>();
  #waiting: Claim[] = [];
  /** The one used last stands at the end. */
  readonly #cached = new Map<object, Cached>();
  #used = 0;
  #peak = 0;

  constructor(bytesMax: number) {
    this.workBytesMax = Math.floor(bytesMax * WORK_SHARE);
    this.commitBytesMax = Math.floor(bytesMax * COMMIT_SHARE);
    this.reservableBytes = bytesMax - this.workBytesMax - this.commitBytesMax;
  }

  /**
   * Sets `bytes` aside, at most `reservableBytes`, once they fit; undefined where `signal` is aborted before. Only a
   * caller that holds neither a reservation nor the lock may wait here: so those who hold memory never wait for more.
   */
  async reserve(owner: MemoryOwner, bytes: number, signal: AbortSignal): Promise<Reservation | undefined> {
    const { clock, site } = owner;
    const claim: Claim = {
      bytes: Math.min(bytes, this.reservableBytes),
      renewedAt: clock.now(),
      site,
      wake: () => {},
    };
    this.#waiting.push(claim);
    this.#admit(clock.now());
    while (this.#waiting.includes(claim) && !signal.aborted) {
      const woken = new AbortController();
      claim.wake = () => woken.abort();
      signal.addEventListener("abort", claim.wake, { once: true });
      await clock.sleep(this.#lookAgainMs(clock.now()), woken.signal);
      signal.removeEventListener("abort", claim.wake);
      owner.heartbeat();
      this.#admit(clock.now());
    }
    if (!this.#claims.has(claim)) {
      // Aborted, or dropped because a newer incarnation of the object has begun.
      this.#waiting = this.#waiting.filter((waiting) => waiting !== claim);
      this.#admit(clock.now());
      return undefined;
    }
    claim.renewedAt = clock.now();
    return this.#reservation(claim, clock);
  }

  /** Drops what an earlier incarnation of the object has reserved: it was killed, or may commit nothing any more. */
  restarted(site: string, now: EpochMs): void {
    for (const claim of this.#claims) if (claim.site === site) this.#claims.delete(claim);
    const dropped = this.#waiting.filter((claim) => claim.site === site);
    this.#waiting = this.#waiting.filter((claim) => claim.site !== site);
    for (const { wake } of dropped) wake();
    this.#admit(now);
  }

  /**
   * Counts memory that can be made anew, under `key`, until `evict` is called because others need the room. Does
   * nothing where it does not fit beside the reservations. `evict` must not do I/O: it runs on behalf of another object.
   */
  cache(key: object, bytes: number, evict: () => void): boolean {
    this.uncache(key);
    if (this.#waiting.length > 0 || !this.#makeRoom(bytes)) return false;
    this.#cached.set(key, { bytes, evict });
    this.#countPeak();
    return true;
  }

  /** Moves `key` to the end of those that are evicted. */
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
   * Counts memory of work under the lock, or of a synchronous commit, until the returned function is called. It is
   * set aside already; no `await` may come before that call.
   */
  use(bytes: number): () => void {
    this.#used += bytes;
    this.#countPeak();
    let used = true;
    return () => {
      if (used) this.#used -= bytes;
      used = false;
    };
  }

  get bytes(): number {
    return this.#reservedBytes + this.#cachedBytes + this.#used;
  }

  get peakBytes(): number {
    return this.#peak;
  }

  #reservation(claim: Claim, clock: Clock): Reservation {
    return {
      get bytes() {
        return claim.bytes;
      },
      resize: (bytes) => {
        claim.renewedAt = clock.now();
        // One whose lease was over is taken back where it fits.
        const before = this.#claims.has(claim) ? claim.bytes : 0;
        if (bytes > before && !this.#makeRoom(bytes - before)) return false;
        claim.bytes = bytes;
        this.#claims.add(claim);
        this.#countPeak();
        if (bytes < before) this.#admit(clock.now());
        return true;
      },
      renew: () => {
        claim.renewedAt = clock.now();
      },
      release: () => {
        this.#claims.delete(claim);
        this.#admit(clock.now());
      },
    };
  }

  /** Grants what fits to those that wait. One that was killed meanwhile loses its grant by the lease. */
  #admit(now: EpochMs): void {
    for (const claim of this.#claims) if (isExpired(claim.renewedAt, now)) this.#claims.delete(claim);
    const count = admitted(this.#waiting, this.reservableBytes - this.#reservedBytes);
    for (const claim of this.#waiting.splice(0, count)) {
      this.#makeRoom(claim.bytes);
      claim.renewedAt = now;
      this.#claims.add(claim);
      this.#countPeak();
      claim.wake();
    }
  }

  /** Evicts what can be made anew, the longest unused first; false where even that is not enough. */
  #makeRoom(bytes: number): boolean {
    if (this.#reservedBytes + bytes > this.reservableBytes) return false;
    for (const [key, { evict }] of this.#cached) {
      if (this.#reservedBytes + this.#cachedBytes + bytes <= this.reservableBytes) break;
      this.#cached.delete(key);
      evict();
    }
    return true;
  }

  /** Until the first lease is over. */
  #lookAgainMs(now: EpochMs): number {
    const leases = [...this.#claims].map(({ renewedAt }) => renewedAt + RESERVATION_LEASE_MS - now);
    return Math.max(0, Math.min(WAIT_MS_MAX, ...leases));
  }

  get #reservedBytes(): number {
    return sum(this.#claims);
  }

  get #cachedBytes(): number {
    return sum(this.#cached.values());
  }

  #countPeak(): void {
    this.#peak = Math.max(this.#peak, this.bytes);
  }
}

function sum(parts: Iterable<{ readonly bytes: number }>): number {
  let bytes = 0;
  for (const part of parts) bytes += part.bytes;
  return bytes;
}
