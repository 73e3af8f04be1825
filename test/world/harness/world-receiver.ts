import type { AlertReceiver } from "../../../src/backfill/ports.ts";
import type { AlertNotice } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { Effects } from "./effects.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Scheduler } from "./scheduler.ts";

export interface Told {
  readonly key: string;
  readonly notice: AlertNotice;
  readonly at: EpochMs;
}

/** Whoever is told of alerts: writes down what it hears. */
export class WorldReceiver {
  /** Every try that has reached it, also those it did not take. */
  readonly tries: Told[] = [];
  /** What it took, each as often as it came. */
  readonly heard: Told[] = [];
  /** How it answers; undefined: it is not there. */
  status: number | undefined = 200;
  readonly #scheduler: Scheduler;
  readonly #effects: Effects;

  constructor(scheduler: Scheduler, effects: Effects) {
    this.#scheduler = scheduler;
    this.#effects = effects;
  }

  portOf(incarnation: Incarnation): AlertReceiver {
    return {
      deliver: (body, key) =>
        this.#effects.remote(incarnation, { label: `${incarnation.name} receiver.deliver` }, () => {
          if (this.status === undefined) throw new Error("nobody at https://hooks.test/s3cret");
          const told = { key, notice: JSON.parse(body) as AlertNotice, at: this.#scheduler.now };
          this.tries.push(told);
          if (this.status < 300) this.heard.push(told);
          return this.status;
        }),
    };
  }

  /** `raised a`, in the order in which each was heard first: a second of the same key is known for what it is. */
  get story(): string[] {
    const known = new Set<string>();
    return this.heard.flatMap(({ key, notice: { state, alert, site, date } }) => {
      if (known.has(key)) return [];
      known.add(key);
      return [[state, alert, site, date].filter((word) => word !== null).join(" ")];
    });
  }
}

/** What must not be heard: anything but raised and cleared in turn, of each alert; nor one key for two notices. */
export function storyFaults({ heard, story }: WorldReceiver): string[] {
  const bodies = new Map<string, string>();
  const mixed = heard.filter(({ key, notice }) => {
    const body = JSON.stringify(notice);
    const before = bodies.get(key) ?? body;
    bodies.set(key, body);
    return before !== body || notice.idempotency_key !== key;
  });
  const standing = new Set<string>();
  const disorder = story.filter((line) => {
    const [state, ...words] = line.split(" ");
    const alert = words.join(" ");
    return state === "raised" ? standing.size === standing.add(alert).size : !standing.delete(alert);
  });
  return [
    ...mixed.map(({ key }) => `two notices of the key ${key}`),
    ...disorder.map((line) => `out of turn: ${line}`),
    ...[...standing].map((alert) => `never cleared: ${alert}`),
  ];
}
