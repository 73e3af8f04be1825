import type { Isolate, MemoryOwner, Reservation } from "../../object/isolate/isolate.ts";

/** Memory of a stored sample until its unit is committed: its columns, and its part of the statement's text. */
const KEPT_BYTES = 20 + 12;

/** The memory of a unit: the windows that have been read, and the one that is being read. Waits for room once. */
export class UnitMemory {
  readonly #memory: Reservation;
  #kept = 0;

  private constructor(memory: Reservation) {
    this.#memory = memory;
  }

  /** `samples` are expected, `readBytes` more are needed to read a window. undefined: the object is being replaced. */
  static async reserve(
    isolate: Isolate,
    owner: MemoryOwner,
    samples: number,
    readBytes: number,
    signal: AbortSignal,
  ): Promise<UnitMemory | undefined> {
    const memory = await isolate.reserve(owner, samples * KEPT_BYTES + readBytes, signal);
    return memory && new UnitMemory(memory);
  }

  /** The part of it that reading a window may use; it grows where there is room. */
  get ofReader(): Reservation {
    const memory = this.#memory;
    const kept = this.#kept;
    return {
      get bytes() {
        return memory.bytes - kept;
      },
      resize: (bytes) => memory.resize(Math.max(memory.bytes, bytes + kept)),
      renew: () => memory.renew(),
      // The unit releases it.
      release: () => undefined,
    };
  }

  /** Keeps a window's samples until the commit; false where they don't fit. */
  keep(samples: number): boolean {
    this.#kept += samples * KEPT_BYTES;
    return this.#kept <= this.#memory.bytes || this.#memory.resize(this.#kept);
  }

  renew(): void {
    this.#memory.renew();
  }

  release(): void {
    this.#memory.release();
  }
}
