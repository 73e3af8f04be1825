import type { AlertReceiver } from "../../../src/backfill/ports.ts";
import type { AlertNotice } from "../../../src/contract/backfill.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import type { Effects } from "./effects.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Scheduler } from "./scheduler.ts";

export interface ReceivedNotice {
  readonly key: string;
  readonly notice: AlertNotice;
  readonly at: EpochMs;
}

/** A receiver of alert notices that records what it receives. */
export class WorldReceiver {
  /** Every delivery that reached it, refused ones too. */
  readonly attempts: ReceivedNotice[] = [];
  /** Accepted deliveries, repeated ones too. */
  readonly accepted: ReceivedNotice[] = [];
  /** The status of its responses; undefined: it is unreachable. */
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
          if (this.status === undefined) throw new Error("no server at https://hooks.test/s3cret");
          const received = { key, notice: JSON.parse(body) as AlertNotice, at: this.#scheduler.now };
          this.attempts.push(received);
          if (this.status < 300) this.accepted.push(received);
          return this.status;
        }),
    };
  }

  /** Accepted notices as `raised ALERT SITE DAY` in order, without repetitions of a key. */
  get sequence(): string[] {
    const known = new Set<string>();
    return this.accepted.flatMap(({ key, notice: { state, alert, site, date } }) => {
      if (known.has(key)) return [];
      known.add(key);
      return [[state, alert, site, date].filter((word) => word !== null).join(" ")];
    });
  }
}

/** Faults of the sequence: each alert must be raised and cleared in turn, and a key belongs to a single notice. */
export function sequenceFaults({ accepted, sequence }: WorldReceiver): string[] {
  const bodies = new Map<string, string>();
  const mixed = accepted.filter(({ key, notice }) => {
    const body = JSON.stringify(notice);
    const before = bodies.get(key) ?? body;
    bodies.set(key, body);
    return before !== body || notice.idempotency_key !== key;
  });
  const raised = new Set<string>();
  const disorder = sequence.filter((line) => {
    const [state, ...words] = line.split(" ");
    const alert = words.join(" ");
    return state === "raised" ? raised.size === raised.add(alert).size : !raised.delete(alert);
  });
  return [
    ...mixed.map(({ key }) => `two notices of the key ${key}`),
    ...disorder.map((line) => `out of order: ${line}`),
    ...[...raised].map((alert) => `never cleared: ${alert}`),
  ];
}
