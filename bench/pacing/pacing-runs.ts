import { JITTER_MS } from "../../src/backfill/rate-gate/rate-gate.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import {
  atMost,
  type Figure,
  mustBe,
  report,
  runWorker,
  seconds,
  startSimulatorProcess,
} from "../measure/measure.ts";

/** A run takes a little longer than the minute in which its arrivals are counted. */
const REQUESTS_PER_MINUTE = 300;
const INTERVAL_MS = (60_000 + JITTER_MS) / REQUESTS_PER_MINUTE;
const LATENCIES = [0.1, 1, 4];
const SITES = ["site_a", "site_b"];
const DAYS = { from: "2024-01-15", to: "2024-01-16" };
/** 75 pages a day, as many as the default page size gives for the reference site. */
const VARS = { REQUESTS_PER_MINUTE: String(REQUESTS_PER_MINUTE), PAGE_SIZE: "1000" };
const BUILDING = [
  "--points",
  "200",
  "--samples-per-day",
  "74500",
  "--odd-share",
  "0",
  "--duplicate-share",
  "0",
];

/** Measures pacing at each latency, or at `only` one, in intervals of the gate. */
export async function pacingFigures(run: CommandRun, only?: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const intervals of LATENCIES.filter((each) => only === undefined || each === only))
    figures.push(...(await figuresAt(intervals, run)));
  return figures;
}

async function figuresAt(intervals: number, run: CommandRun): Promise<Figure[]> {
  const latencyMs = Math.round(intervals * INTERVAL_MS);
  console.log(`… requests of ${latencyMs} ms, ${intervals} × the gate's interval`);
  const simulator = await startSimulatorProcess(
    ["--sites", SITES.join(","), ...BUILDING, "--latency-ms", String(latencyMs)],
    run,
  );
  const { status, wallSeconds, errors } = await runWorker(
    { api: simulator.api, sites: SITES, ...DAYS, vars: VARS },
    run,
  );
  const stats = await simulator.stats();
  simulator.stop();
  if (errors.length > 0) throw new Error(errors.join("\n"));
  // From the first arrival to the last, and one interval for the last: as many intervals as requests.
  const wallMs = (stats.lastArrivalMs ?? 0) - (stats.firstArrivalMs ?? 0) + INTERVAL_MS;
  const permittedMs = (stats.requests * 60_000) / REQUESTS_PER_MINUTE;
  const name = `latency ${intervals} ×`;
  return [
    mustBe(`${name}: completes`, `${stats.requests} requests`, status.outcome === "success"),
    atMost(`${name}: wall time ÷ (requests ÷ permitted rate)`, wallMs / permittedMs, 1.05),
    atMost(`${name}: most arrivals in any minute`, stats.maxArrivalsInAnyMinute, REQUESTS_PER_MINUTE),
    report(`${name}: most requests at once`, String(stats.concurrentMax)),
    report(
      `${name}: requests ÷ rate, arrivals, start to end`,
      [permittedMs / 1000, wallMs / 1000, wallSeconds].map(seconds).join(", "),
    ),
  ];
}
