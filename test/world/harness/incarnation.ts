/**
 * One incarnation of an object, and how it ends:
 * - *killed*: nothing of it goes on. Its continuations are parked with the scheduler under this incarnation and are
 *   dropped there, so no `catch` and no `finally` of it ever runs.
 * - *superseded*: a zombie. Another incarnation has taken its place, which it does not know: it runs on, its storage
 *   throws, what it sends still goes out.
 * - *doomed*: killed as soon as it waits for anything. What it says from now on never leaves it, as with a death that
 *   the output gate is waiting behind.
 */
export class Incarnation {
  readonly name: string;
  #state: "alive" | "doomed" | "zombie" | "dead" = "alive";
  readonly #ended: () => void;
  readonly #onDeath: (() => void)[] = [];

  /** `ended` is called once, when this incarnation is no longer the object's. */
  constructor(name: string, ended: () => void) {
    this.name = name;
    this.#ended = ended;
  }

  /** It is the object's present incarnation. */
  get owns(): boolean {
    return this.#state === "alive" || this.#state === "doomed";
  }

  /** What waits for it is woken, and what it sends goes out. */
  get runs(): boolean {
    return this.#state === "alive" || this.#state === "zombie";
  }

  get doomed(): boolean {
    return this.#state === "doomed";
  }

  kill(): void {
    const owned = this.owns;
    this.#state = "dead";
    if (!owned) return;
    for (const act of this.#onDeath) act();
    this.#ended();
  }

  supersede(): void {
    if (!this.owns) return;
    this.#state = "zombie";
    this.#ended();
  }

  /** Whoever calls this has to `kill` it once everything that runs has come to wait. */
  doom(): void {
    if (this.#state === "alive") this.#state = "doomed";
  }

  /** `act` runs when this incarnation is killed while it is the object's. */
  onDeath(act: () => void): void {
    this.#onDeath.push(act);
  }
}
