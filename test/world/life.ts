/**
 * One incarnation of an object. Once it is over nothing of it goes on: its continuations are parked with the
 * scheduler under this life and are dropped there, so no `catch` and no `finally` of it ever runs.
 */
export class Life {
  readonly name: string;
  #alive = true;
  readonly #end: () => void;

  constructor(name: string, end: () => void) {
    this.name = name;
    this.#end = end;
  }

  get alive(): boolean {
    return this.#alive;
  }

  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#end();
  }
}
