import { withTimeout } from "../concurrency/concurrency.ts";
import { HotUnavailable } from "../ports/hot.ts";
import type { SyncPorts } from "./context.ts";

/** D1 ends a query after 30 s. */
const HOT_MS_MAX = 40_000;
/** Longer than the gate keeps a call waiting, and than any answer of the site's backfill takes. */
const ANSWER_MS_MAX = 60_000;

/**
 * Ports whose calls end: with a result, or with an error after a time limit. The sync does one thing after another, so
 * that a call without end would stop it. Requests to the vendor and puts into KV have their own time limits.
 */
export function boundedPorts<P extends Pick<SyncPorts, "archive" | "clock" | "gate" | "hot">>(ports: P): P {
  const { archive, clock, gate, hot } = ports;
  const bounded = <T>(call: () => Promise<T>) => withTimeout(clock, ANSWER_MS_MAX, call);
  // After a time limit a transaction may still be committed, as after any other failure.
  const queried = <T>(call: () => Promise<T>) =>
    withTimeout(clock, HOT_MS_MAX, call).catch((fault: unknown) => {
      throw fault instanceof HotUnavailable ? fault : new HotUnavailable(fault);
    });
  return {
    ...ports,
    archive: {
      setDue: (days, options) => bounded(() => archive.setDue(days, options)),
      countPoints: (date) => bounded(() => archive.countPoints(date)),
      addHotSamples: (date, samples) => bounded(() => archive.addHotSamples(date, samples)),
    },
    gate: {
      // After a time limit the permit may have been granted: it is lost, and another is requested.
      acquire: (caller, lane) => bounded(() => gate.acquire(caller, lane)),
      pauseFor: (ms) => bounded(() => gate.pauseFor(ms)),
      pausedUntil: () => bounded(() => gate.pausedUntil()),
      permitsLastMinute: () => bounded(() => gate.permitsLastMinute()),
    },
    hot: {
      select: (statement, ...values) => queried(() => hot.select(statement, ...values)),
      batch: (statements) => queried(() => hot.batch(statements)),
      size: () => queried(() => hot.size()),
    },
  };
}
