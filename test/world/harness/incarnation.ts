/**
 * An incarnation of an object. It can end in three ways:
 * - *killed*: none of its code runs again. The scheduler drops its continuations, so that no `catch` and no `finally`
 *   of it ever runs.
 * - *superseded*: a zombie. Another incarnation has replaced it without its knowledge: it runs on, its storage throws,
 *   and its requests are still sent.
 * - *doomed*: killed as soon as it waits for anything. It sends nothing from now on, because the output gate waits for
 *   a commit that never happens.
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

  /** Whether it is the object's current incarnation. */
  get owns(): boolean {
    return this.#state === "alive" || this.#state === "doomed";
  }

  /** Whether its continuations run and its requests are sent. */
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

  /** The caller must `kill` it once all running code waits. */
  doom(): void {
    if (this.#state === "alive") this.#state = "doomed";
  }

  /** Calls `act` when this incarnation is killed while it is current. */
  onDeath(act: () => void): void {
    this.#onDeath.push(act);
  }
}
