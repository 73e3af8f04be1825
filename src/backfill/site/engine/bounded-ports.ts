import { type Mutex, withTimeout } from "../../../concurrency/concurrency.ts";
import { WAIT_MS_MAX } from "../../rate-gate/rate-gate.ts";
import type { SitePorts } from "../context.ts";

/** Longer than any response takes. After a timeout of an upload, a HEAD shows its result. */
const RESPONSE_MS_MAX = 60_000;
/** One statement of D1. */
const HOT_MS_MAX = 10_000;
/** What a call of the gate may take beyond the time that the gate keeps it waiting. */
const GATE_SLACK_MS = 10_000;

/**
 * Ports whose calls end: with a result, or with an error after a time limit. An action that waits for a call without
 * end would run for ever, because the alarm keeps the object alive. Requests to the vendor have their own time limits.
 *
 * Calls of R2 and KV take turns at `connection`, the connection that the lanes leave free. Otherwise the platform could
 * queue a request to the vendor behind a slow upload, so that it arrives after its permit has expired. Uploads and puts
 * into KV take their turns themselves: permission and write distance are checked when they are sent.
 */
export function boundedPorts(ports: SitePorts, connection: Mutex): SitePorts {
  const { archive, clock, coordinator, gate, vouching } = ports;
  const bounded = <T>(call: () => Promise<T>) => withTimeout(clock, RESPONSE_MS_MAX, call);
  const inTurn = <T>(call: () => Promise<T>) => connection.runExclusive(() => bounded(call));
  return {
    ...ports,
    archive: {
      head: (key) => inTurn(() => archive.head(key)),
      publish: (key, file, expected) => bounded(() => archive.publish(key, file, expected)),
      list: (prefix, cursor) => inTurn(() => archive.list(prefix, cursor)),
      read: (key, range, condition) => inTurn(() => archive.read(key, range, condition)),
    },
    gate: {
      // After a timeout the permit may have been granted: it is lost, and another is requested.
      acquire: (caller, lane) =>
        withTimeout(clock, WAIT_MS_MAX + GATE_SLACK_MS, () => gate.acquire(caller, lane)),
      pauseFor: (ms) => bounded(() => gate.pauseFor(ms)),
      pausedUntil: () => bounded(() => gate.pausedUntil()),
      permitsLastMinute: () => bounded(() => gate.permitsLastMinute()),
    },
    vouching: vouching && {
      // R2 and KV wait for the connection meanwhile.
      stopVouching: (site, day) => withTimeout(clock, HOT_MS_MAX, () => vouching.stopVouching(site, day)),
    },
    coordinator: {
      current: () => bounded(() => coordinator.current()),
      notify: (site) => bounded(() => coordinator.notify(site)),
    },
  };
}
