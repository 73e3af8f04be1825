import type { ArchiveReader } from "../../../src/ports/archive.ts";
import { aroundRequests } from "../../../src/query/archive-requests.ts";

/**
 * Requests that take some time of a clock of their own, which goes on when nothing is left to do: it says how long an answer
 * waits for requests, whatever else the machine does meanwhile.
 */
export class VirtualLatency {
  /** Seconds that were waited so far. */
  elapsedSeconds = 0;
  readonly #seconds: number;
  #due: { readonly atSeconds: number; readonly resolve: () => void }[] = [];

  constructor(latencyMs: number) {
    this.#seconds = latencyMs / 1_000;
  }

  around(archive: ArchiveReader): ArchiveReader {
    return aroundRequests(archive, async (request) => {
      await new Promise<void>((resolve) => {
        this.#due.push({ atSeconds: this.elapsedSeconds + this.#seconds, resolve });
        if (this.#due.length === 1) setImmediate(() => this.#advance());
      });
      return request();
    });
  }

  /** Ends the requests that are due next. All latencies are the same, so that the oldest is due first. */
  #advance(): void {
    this.elapsedSeconds = this.#due[0]?.atSeconds ?? this.elapsedSeconds;
    const isDue = ({ atSeconds }: { readonly atSeconds: number }) => atSeconds <= this.elapsedSeconds;
    const due = this.#due.filter(isDue);
    this.#due = this.#due.filter((each) => !isDue(each));
    if (this.#due.length > 0) setImmediate(() => this.#advance());
    for (const { resolve } of due) resolve();
  }
}
