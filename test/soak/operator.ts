import { setTimeout as sleep } from "node:timers/promises";
import type { Status } from "../../src/contract/backfill.ts";
import { addDays, daysOf, type UtcDay } from "../../src/domain/day.ts";
import { eventually, type World } from "../system/fixture.ts";
import type { ApiData } from "./api-data.ts";

/** `renew`: a forced restart over data that has changed. `widen`: one more day, after a cancel. */
export type Call = "start" | "cancel" | "renew" | "widen";

export interface Range {
  readonly from: UtcDay;
  readonly to: UtcDay;
}

/** The range that the operator wants completed, whatever the results of the calls so far. */
interface Wanted extends Range {
  readonly force: boolean;
  /** The backfill before the wanted one: while the status shows it, the start has not been processed. */
  readonly before: string | undefined;
}

/** A client that reads the status and makes the call that it calls for: after a kill nothing else is known. */
export class Operator {
  readonly #world: World;
  readonly #api: ApiData;
  #wanted: Wanted | undefined;
  readonly count = { cancels: 0, resumes: 0, restarts: 0, retries: 0, daysRetried: 0 };

  constructor(world: World, api: ApiData) {
    this.#world = world;
    this.#api = api;
  }

  get days(): UtcDay[] {
    return daysOf(this.#range.from, this.#range.to);
  }

  /** Whether every day of the range, those of earlier cycles too, is fetched from the current data. */
  get forced(): boolean {
    return this.#range.force;
  }

  /** Sets the wanted range, with `force` from changed data; `advance` makes the calls. */
  async want(range: Range, force: boolean): Promise<void> {
    this.#wanted = { ...range, force, before: (await this.#status()).backfill_id };
    if (!force) return;
    await this.#api.change();
    this.count.restarts += 1;
  }

  /** Does all that precedes the call's request and returns a function that sends the request. */
  async prepare(call: Call): Promise<() => Promise<void>> {
    const { from, to } = this.#range;
    switch (call) {
      case "start":
        return () => this.#start();
      case "cancel":
        return () => this.#cancel();
      case "renew":
        await this.want({ from, to }, true);
        return () => this.#start();
      case "widen":
        await this.#cancel();
        // Days of a forced start may still have to be fetched again.
        this.#wanted = {
          ...this.#range,
          to: addDays(to, 1),
          before: (await this.#status()).backfill_id,
        };
        return () => this.#start();
      default:
        return call satisfies never;
    }
  }

  /** Reads the status once and makes the call that it calls for. */
  async advance(): Promise<"under way" | "done"> {
    const status = await this.#status();
    if (!this.#isWanted(status)) {
      if (status.status === "in_progress" && !this.forced) await this.#cancel();
      await this.#start();
    } else if (status.status === "completed") {
      if (status.outcome === "success") return "done";
      await this.#retry();
    } else if (status.status !== "in_progress") {
      // Without force, which would fetch completed days again.
      await this.#world.client.start(this.#range.from, this.#range.to);
      this.count.resumes += 1;
    }
    return "under way";
  }

  /** Waits until the whole range is completed. Throws with the last status after `msMax`. */
  async settle(msMax: number): Promise<Status> {
    const deadline = Date.now() + msMax;
    while ((await this.advance()) !== "done") {
      if (Date.now() > deadline) {
        throw new Error(`not completed after ${msMax} ms: ${JSON.stringify(await this.#status())}`);
      }
      await sleep(200);
    }
    return this.#status();
  }

  get #range(): Wanted {
    if (!this.#wanted) throw new Error("no range is wanted yet");
    return this.#wanted;
  }

  #isWanted(status: Status): boolean {
    const { from, to, before } = this.#range;
    return status.backfill_id !== before && status.start_date === from && status.end_date === to;
  }

  async #start(): Promise<void> {
    const { from, to, force } = this.#range;
    await this.#world.client.start(from, to, { force_restart: force });
  }

  async #cancel(): Promise<void> {
    await this.#world.client.cancel();
    this.count.cancels += 1;
  }

  /** Retries days that failed by faults of the API or by a third crash on the same work. */
  async #retry(): Promise<void> {
    const { body } = await this.#world.client.call<{ days?: number }>("POST", "/backfill/retry");
    this.count.retries += 1;
    this.count.daysRetried += body.days ?? 0;
  }

  /** The status; a Worker that has just become ready may take a moment to respond. */
  #status(): Promise<Status> {
    return eventually(
      "the Worker responds",
      () => this.#world.client.status().catch(() => undefined),
      30_000,
    );
  }
}
