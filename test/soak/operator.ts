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

/** What the operator wants done, whatever has come of the calls so far. */
interface Wanted extends Range {
  readonly force: boolean;
  /** The backfill before this one: as long as the status speaks of it, the start has not been taken. */
  readonly before: string | undefined;
}

/** A person who looks at the status and does what it asks for: nothing else is known after a kill. */
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

  /** Whether every day of the range is fetched from the data of now, those of earlier rounds too. */
  get forced(): boolean {
    return this.#range.force;
  }

  /** Wants the range, by force from other data; `goOn` sees to it. */
  async want(range: Range, force: boolean): Promise<void> {
    this.#wanted = { ...range, force, before: (await this.#status()).backfill_id };
    if (!force) return;
    await this.#api.change();
    this.count.restarts += 1;
  }

  /** All that comes before the call's request; answers the request, which is made once. */
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
        // Of a forced start some days may be left to fetch again.
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

  /** One look at the status, and whatever it asks for. */
  async goOn(): Promise<"under way" | "done"> {
    const status = await this.#status();
    if (!this.#isWanted(status)) {
      if (status.status === "in_progress" && !this.forced) await this.#cancel();
      await this.#start();
    } else if (status.status === "completed") {
      if (status.outcome === "success") return "done";
      await this.#retry();
    } else if (status.status !== "in_progress") {
      // Without force, which would begin anew what was only interrupted.
      await this.#world.client.start(this.#range.from, this.#range.to);
      this.count.resumes += 1;
    }
    return "under way";
  }

  /** Until the whole range is completed. Throws with the last status where that takes longer. */
  async settle(msMax: number): Promise<Status> {
    const deadline = Date.now() + msMax;
    while ((await this.goOn()) !== "done") {
      if (Date.now() > deadline) {
        throw new Error(`not completed after ${msMax} ms: ${JSON.stringify(await this.#status())}`);
      }
      await sleep(200);
    }
    return this.#status();
  }

  get #range(): Wanted {
    if (!this.#wanted) throw new Error("nothing is wanted yet");
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

  /** Days fail by the API's faults, or by dying a third time on the same work. */
  async #retry(): Promise<void> {
    const { body } = await this.#world.client.call<{ days?: number }>("POST", "/backfill/retry");
    this.count.retries += 1;
    this.count.daysRetried += body.days ?? 0;
  }

  /** A Worker that has just become ready may need another moment. */
  #status(): Promise<Status> {
    return eventually("the Worker answers", () => this.#world.client.status().catch(() => undefined), 30_000);
  }
}
