/**
 * Memory for days that are read ahead. The awaited day, which the consumer takes next, always gets what it reserves:
 * otherwise the days after it could take all memory while they wait for it.
 */
export class MemoryBudget {
  readonly #bytesMax: number;
  readonly #reserved = new Map<number, number>();
  #waiting: { day: number; bytes: number; admit: () => void }[] = [];
  #awaited = 0;
  #closed = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Resolves once the day has `bytes`, which replace what it has reserved before. */
  reserve(day: number, bytes: number): Promise<void> {
    return new Promise((admit) => {
      this.#reserved.delete(day);
      this.#waiting.push({ day, bytes, admit });
      this.#admitWaiting();
    });
  }

  /** Sets what the day takes once it has been read. */
  resize(day: number, bytes: number): void {
    this.#reserved.set(day, bytes);
    this.#admitWaiting();
  }

  /** Releases the awaited day, which the consumer has taken. The next day is awaited from now on. */
  advance(): void {
    this.#reserved.delete(this.#awaited++);
    this.#admitWaiting();
  }

  /** Admits every waiting day, and every day from now on. */
  close(): void {
    this.#closed = true;
    this.#admitWaiting();
  }

  #admitWaiting(): void {
    const waiting = this.#waiting.sort((a, b) => a.day - b.day);
    this.#waiting = [];
    for (const request of waiting) {
      const { day, bytes, admit } = request;
      if (this.#closed || day === this.#awaited || this.#bytes() + bytes <= this.#bytesMax) {
        this.#reserved.set(day, bytes);
        admit();
      } else this.#waiting.push(request);
    }
  }

  #bytes(): number {
    return [...this.#reserved.values()].reduce((sum, bytes) => sum + bytes, 0);
  }
}
