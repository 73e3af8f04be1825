import { HOLD_MS_MAX } from "../rate-gate.ts";
import { LATE, within } from "../within.ts";
import type { SitePorts } from "./context.ts";

/** Longer than any answer takes that still comes. */
const ANSWER_MS_MAX = 60_000;
/** What a call of the gate may take beyond being held there. */
const GATE_SLACK_MS = 10_000;

/**
 * Ports that answer or fail. A call that never answers would keep its work in hand for ever: the alarm goes on
 * and keeps the object alive, so no death would clear it. Uploads and requests at the vendor have bounds of their own.
 */
export function boundedPorts(ports: SitePorts): SitePorts {
  const { archive, clock, gate, head } = ports;
  // A call that throws before there is a promise fails as any other does.
  const answer = async <T>(call: () => Promise<T>): Promise<T> => {
    const result = await within(clock, ANSWER_MS_MAX, call());
    if (result === LATE) throw new Error(`no answer within ${ANSWER_MS_MAX} ms`);
    return result;
  };
  return {
    ...ports,
    archive: {
      head: (key) => answer(() => archive.head(key)),
      publish: async (key, file, expected) => archive.publish(key, file, expected),
      list: (prefix, cursor) => answer(() => archive.list(prefix, cursor)),
      read: (key, etag, offset, length) => answer(() => archive.read(key, etag, offset, length)),
    },
    gate: {
      // The permit may have been given away; it is wasted, and another is asked for.
      take: async (caller) => {
        const permit = await within(clock, HOLD_MS_MAX + GATE_SLACK_MS, gate.take(caller));
        return permit === LATE ? { kind: "again", retryAt: clock.now() } : permit;
      },
      pause: (until) => answer(() => gate.pause(until)),
      pausedUntil: () => answer(() => gate.pausedUntil()),
    },
    head: {
      current: () => answer(() => head.current()),
      report: (report) => answer(() => head.report(report)),
    },
  };
}
