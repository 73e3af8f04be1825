import type { FaultInput } from "../../simulator/fault-injection/fault-injection.ts";
import { atMost, type MeasureSection, mustBe, seconds } from "../measure/measure.ts";
import {
  openCase,
  type PacingCase,
  type PacingResult,
  REQUESTS_PER_MINUTE,
  RETRY_AFTER_MS,
  type ReadyCase,
} from "./pacing-case.ts";
import { yearFigures } from "./pacing-year.ts";

/** The gate's own spacing is 1.02 of the floor: sixty seconds and the jitter for each minute's permits. */
const WALL_MAX = 1.03;
/** 75 requests each, a quarter of a minute at the limit. Two sites have twice as many, but in a quick run. */
const DAYS = { full: 10, quick: 2 };
/** The latencies of a quick run, because starting a Worker takes some seconds. */
const QUICK_INTERVALS: readonly number[] = [0.1, 1, 4, 8];

const BURST = 5;
/** By this seed two of a quick run's requests fail, and eight of a full run's. */
const UNAVAILABLE: FaultInput = {
  on: "samples",
  probability: 0.01,
  seed: 6,
  effect: { do: "status", status: 503 },
};
/** Five 429s in a row, after each so many requests. */
const BURSTS: readonly FaultInput[] = [40, 110, 260, 410, 560].map((skip) => ({
  on: "samples",
  skip,
  times: BURST,
  effect: { do: "throttle", retryAfter: { form: "seconds", seconds: RETRY_AFTER_MS / 1_000 } },
}));

const oneSite = (intervals: number): PacingCase => ({
  name: `latency ${intervals} ×`,
  intervals,
  sites: ["site_a"],
  faults: [],
});

const CASES: readonly PacingCase[] = [
  ...[0.1, 0.5, 1, 2, 4].map(oneSite),
  { ...oneSite(8), name: "latency 8 ×, two sites", sites: ["site_a", "site_b"] },
  { ...oneSite(1), name: "latency 1 ×, 1 % of 503s", faults: [UNAVAILABLE] },
  { ...oneSite(1), name: "latency 1 ×, bursts of 429s", faults: BURSTS },
];

/** Whether the gate's permits are all used, and never more, at each latency and with faults. */
export const pacingSection: MeasureSection = async (run, { quick }) => {
  const days = quick ? DAYS.quick : DAYS.full;
  const cases = quick ? CASES.filter(({ intervals }) => QUICK_INTERVALS.includes(intervals)) : CASES;
  console.log(`… ${cases.map(({ name }) => name).join("; ")}`);
  const ready: (readonly [PacingCase, ReadyCase])[] = [];
  for (const each of cases) ready.push([each, await openCase(each, run)]);
  // All at once: each is a Worker that mostly waits.
  const results = await Promise.all(
    ready.map(async ([each, { measure }]) => {
      const result = await measure(quick ? days / each.sites.length : days);
      return [each, result] as const;
    }),
  );
  const complete = results.filter(([, { isSuccess }]) => isSuccess);
  return {
    tables: [
      {
        title: `${REQUESTS_PER_MINUTE} requests a minute; latency in intervals of the gate`,
        columns: [
          "",
          "requests",
          "503s",
          "429s",
          "paused",
          "floor",
          "wall",
          "in flight at most",
          "wall ÷ floor",
        ],
        rows: results.map(([{ name }, result]) => [
          name,
          ...[result.requests, result.failed, result.throttled].map(String),
          ...[result.pausedMs, floorMs(result), result.wallMs].map((ms) => seconds(ms / 1_000)),
          String(result.concurrentMax),
          (result.wallMs / floorMs(result)).toFixed(3),
        ]),
      },
    ],
    figures: [
      mustBe(
        "backfills that complete",
        `${complete.length} of ${results.length}`,
        complete.length === results.length,
      ),
      ...results.map(([{ name }, result]) =>
        atMost(`${name}: wall ÷ floor`, result.wallMs / floorMs(result), WALL_MAX),
      ),
      atMost(
        "most arrivals in any minute of any case",
        Math.max(...results.map(([, { arrivalsInAnyMinute }]) => arrivalsInAnyMinute)),
        REQUESTS_PER_MINUTE,
      ),
      ...(quick ? [] : await yearFigures(run)),
    ],
  };
};

/** Requests ÷ permitted rate, a request that is tried again included, and the pauses that the API asked for. */
const floorMs = ({ requests, pausedMs }: PacingResult) =>
  (requests * 60_000) / REQUESTS_PER_MINUTE + pausedMs;
