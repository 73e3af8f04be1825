import type { EpochMs } from "../../src/domain/day.ts";
import type { RequestInfo } from "../ace-api/ace-api.ts";
import { busiestMinute } from "./rate-limit.ts";

/** One request. `outcome` is the status of the response, or why there was none. */
export interface Arrival {
  readonly atMs: EpochMs;
  readonly kind: RequestInfo["kind"];
  readonly site: string | undefined;
  readonly pageSize: number | undefined;
  readonly key: string | undefined;
  /** Path and query. */
  readonly target: string;
  outcome: number | "open" | "hang" | "reset" | "gone";
  rows: number;
  bytes: number;
}

export interface Stats {
  readonly requests: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly bySite: Readonly<Record<string, number>>;
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly byPageSize: Readonly<Record<string, number>>;
  readonly keys: readonly string[];
  readonly firstArrivalMs: EpochMs | null;
  readonly lastArrivalMs: EpochMs | null;
  readonly maxArrivalsInAnyMinute: number;
  readonly concurrentMax: number;
  readonly rowsServed: number;
  readonly bytesServed: number;
}

/** Records every request until it is reset. */
export interface RequestLog {
  arrive(request: RequestInfo, at: { atMs: EpochMs; key: string | undefined; target: string }): Arrival;
  leave(arrival: Arrival, outcome: Arrival["outcome"]): void;
  arrivals(): readonly Arrival[];
  stats(): Stats;
  reset(): void;
}

/** A load test of hours at full speed stays below this; beyond it the oldest requests are dropped. */
const ARRIVALS_KEPT = 200_000;

export function createRequestLog(): RequestLog {
  let arrivals: Arrival[] = [];
  let concurrent = 0;
  let concurrentMax = 0;
  return {
    arrive({ kind, site, pageSize }, { atMs, key, target }) {
      const arrival: Arrival = {
        atMs,
        kind,
        site,
        pageSize,
        key,
        target,
        outcome: "open",
        rows: 0,
        bytes: 0,
      };
      arrivals.push(arrival);
      if (arrivals.length > ARRIVALS_KEPT) arrivals = arrivals.slice(ARRIVALS_KEPT / 2);
      concurrentMax = Math.max(concurrentMax, ++concurrent);
      return arrival;
    },
    leave(arrival, outcome) {
      arrival.outcome = outcome;
      concurrent--;
    },
    arrivals: () => arrivals,
    stats: () => ({ ...summarize(arrivals), concurrentMax }),
    reset() {
      arrivals = [];
      concurrentMax = concurrent;
    },
  };
}

function summarize(arrivals: readonly Arrival[]): Omit<Stats, "concurrentMax"> {
  const times = arrivals.map(({ atMs }) => atMs);
  return {
    requests: arrivals.length,
    byKind: countBy(arrivals, ({ kind }) => kind),
    bySite: countBy(arrivals, ({ site }) => site),
    byOutcome: countBy(arrivals, ({ outcome }) => String(outcome)),
    byPageSize: countBy(arrivals, ({ pageSize }) => pageSize?.toString()),
    keys: [...new Set(arrivals.flatMap(({ key }) => key ?? []))],
    firstArrivalMs: times[0] ?? null,
    lastArrivalMs: times.at(-1) ?? null,
    maxArrivalsInAnyMinute: busiestMinute(times),
    rowsServed: arrivals.reduce((sum, { rows }) => sum + rows, 0),
    bytesServed: arrivals.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function countBy(arrivals: readonly Arrival[], of: (arrival: Arrival) => string | undefined) {
  const counts: Record<string, number> = {};
  for (const arrival of arrivals) {
    const group = of(arrival);
    if (group !== undefined) counts[group] = (counts[group] ?? 0) + 1;
  }
  return counts;
}
