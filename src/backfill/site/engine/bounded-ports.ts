import type { Mutex } from "../../../concurrency/concurrency.ts";
import { withTimeout } from "../../../concurrency/concurrency.ts";
import { WAIT_MS_MAX } from "../../rate-gate/rate-gate.ts";
import type { SitePorts } from "../context.ts";

/** Longer than any answer takes that still comes; what an upload came to then, a HEAD tells. */
const ANSWER_MS_MAX = 60_000;
/** What a call of the gate may take beyond being held there. */
const GATE_SLACK_MS = 10_000;

/**
 * Ports that answer or fail. A call that never answers would keep its work in hand for ever: the alarm goes on
 * and keeps the object alive, so no death would clear it. Requests at the vendor have bounds of their own.
 *
 * R2 and KV take turns at `connection`, the one that the lanes leave free: what the platform held back behind a slow
 * upload could be a request at the vendor, and arrive when its permit is long over. Uploads and puts into KV take their
 * turns themselves: leave is asked, and a distance counted, when they go out.
 */
export function boundedPorts(ports: SitePorts, connection: Mutex): SitePorts {
  const { archive, clock, coordinator, gate } = ports;
  const answer = <T>(call: () => Promise<T>) => withTimeout(clock, ANSWER_MS_MAX, call);
  return {
    ...ports,
    archive: {
      head: (key) => connection.runExclusive(() => answer(() => archive.head(key))),
      publish: (key, file, expected) => answer(() => archive.publish(key, file, expected)),
      list: (prefix, cursor) => connection.runExclusive(() => answer(() => archive.list(prefix, cursor))),
      read: (key, range, condition) =>
        connection.runExclusive(() => answer(() => archive.read(key, range, condition))),
    },
    gate: {
      // The permit may have been given away; it is wasted, and another is asked for.
      acquire: (caller) => withTimeout(clock, WAIT_MS_MAX + GATE_SLACK_MS, () => gate.acquire(caller)),
      pauseFor: (ms) => answer(() => gate.pauseFor(ms)),
      pausedUntil: () => answer(() => gate.pausedUntil()),
      permitsLastMinute: () => answer(() => gate.permitsLastMinute()),
    },
    coordinator: {
      current: () => answer(() => coordinator.current()),
      notify: (site) => answer(() => coordinator.notify(site)),
    },
  };
}
