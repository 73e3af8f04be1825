/**
 * Memory for days that are read before it is their turn. The day that is waited for always has room: else those after
 * it could hold all of it and wait for it.
 */
export class MemoryBudget {
  readonly #bytesMax: number;
  readonly #held = new Map<number, number>();
  #waiting: { day: number; bytes: number; admit: () => void }[] = [];
  #awaited = 0;
  #closed = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Resolves once there is room for `bytes` of the day, instead of what it holds already. */
  admit(day: number, bytes: number): Promise<void> {
    return new Promise((admit) => {
      this.#held.delete(day);
      this.#waiting.push({ day, bytes, admit });
      this.#admitWaiting();
    });
  }

  /** The day turned out to hold so many bytes. */
  settle(day: number, bytes: number): void {
    this.#held.set(day, bytes);
    this.#admitWaiting();
  }

  /** The day that was waited for is taken; now the next is. */
  advance(): void {
    this.#held.delete(this.#awaited++);
    this.#admitWaiting();
  }

  /** Nobody waits any longer. */
  close(): void {
    this.#closed = true;
    this.#admitWaiting();
  }

  #admitWaiting(): void {
    const waiting = this.#waiting.sort((a, b) => a.day - b.day);
    this.#waiting = [];
    for (const ask of waiting) {
      if (this.#closed || ask.day === this.#awaited || this.#bytes() + ask.bytes <= this.#bytesMax) {
        this.#held.set(ask.day, ask.bytes);
        ask.admit();
      } else this.#waiting.push(ask);
    }
  }

  #bytes(): number {
    let bytes = 0;
    for (const held of this.#held.values()) bytes += held;
    return bytes;
  }
}
