import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandRun } from "../../terminal/terminal.ts";
import type { BenchArchive } from "../data/query-archive.ts";
import { atMost, type Figure, told } from "../run/verdict.ts";
import { type Case, coldCases, hotCases } from "./query-cases.ts";
import { latencyFigures } from "./query-latency.ts";
import { KB, kb } from "./query-runs.ts";
import { type QueryClient, startQuery } from "./query-stack.ts";
import { COLD_DAYS, fillState, HOT_POINTS, HOT_SAMPLES_A_DAY } from "./query-worker-state.ts";

const REPEATS = 7;
/** Looked up of each point and day: its id and name, the day, the end of its rows. A scan is hundreds of thousands. */
const LOOKED_UP_MAX = 20;

/** The Worker as it runs, over HTTP. R2 and D1 of this machine are near: what their distance adds is told apart. */
export async function workerFigures(archive: BenchArchive, run: CommandRun): Promise<Figure[]> {
  const stateDir = mkdtempSync(join(tmpdir(), "bench-query-state-"));
  run.onEnd(() => rmSync(stateDir, { recursive: true, force: true }));
  const nowMs = Date.now();
  const began = performance.now();
  await fillState(stateDir, archive, nowMs);
  const filled = told(
    `R2 filled with ${COLD_DAYS} full days, D1 with ${HOT_POINTS} points`,
    `in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );

  const figures = [filled, ...(await hotFigures(stateDir, nowMs, run))];
  for (const each of coldCases()) figures.push(...(await coldFigures(each, stateDir, run)));
  return [...figures, ...(await latencyFigures(archive, coldCases()))];
}

async function hotFigures(stateDir: string, nowMs: number, run: CommandRun): Promise<Figure[]> {
  const client = await startQuery(stateDir, true, run);
  const figures: Figure[] = [];
  for (const each of hotCases(nowMs)) {
    const { shown, asked } = await measure(client, each, REPEATS);
    const { d1_rows, r2_requests } = asked.metadata;
    figures.push(
      told(`hot: ${each.title}`, shown),
      // Of the day that hot and cold share, and of today, which is not whole, the archive may have more.
      atMost("… requests to R2", r2_requests, 1),
      atMost("… rows looked at beside the samples, a point and day", besides(each, d1_rows), LOOKED_UP_MAX),
    );
  }
  await client.stop();
  return figures;
}

/** As nothing is known; as another isolate with the footers in the cache; and again. */
async function coldFigures(each: Case, stateDir: string, run: CommandRun): Promise<Figure[]> {
  const { title, points, days } = each;
  const client = await startQuery(stateDir, true, run);
  const first = await measure(client, each, 1);
  const again = await measure(client, each, REPEATS);
  await client.stop();
  const other = await startQuery(stateDir, false, run);
  const cached = await measure(other, each, 1);
  await other.stop();
  const warm = [cached, again].map(({ asked }) => asked.metadata);
  const kbAPoint = (bytes: number) => bytes / KB / days / points.length;
  return [
    told(`cold: ${title}, first`, first.shown),
    told("… another isolate, footers in the cache", cached.shown),
    told("… again", again.shown),
    // The first day shows how large footers are, which takes one more.
    atMost("… requests, first", first.asked.metadata.r2_requests, days * (1 + points.length) + 1),
    atMost("… requests, later", Math.max(...warm.map((one) => one.r2_requests)), days * points.length),
    atMost("… a point and day, first", kbAPoint(first.asked.metadata.bytes_read), 256, " KB"),
    atMost("… a point and day, later", kbAPoint(Math.max(...warm.map((one) => one.bytes_read))), 80, " KB"),
  ];
}

async function measure(client: QueryClient, each: Case, repeats: number) {
  const health = await client.health(REPEATS);
  const asked = await client.ask(each.path ?? "/timeseries/query", each.parameters, repeats);
  const { r2_requests, bytes_read, d1_rows } = asked.metadata;
  const spent = [
    r2_requests > 0 ? `${r2_requests} requests, ${kb(bytes_read)}` : "",
    d1_rows > 0 ? `${d1_rows} rows` : "",
  ].filter(Boolean);
  const shown = `${asked.ms.toFixed(0)} ms, ${(asked.ms / health).toFixed(1)} × /health; ${spent.join(", ")}`;
  return { asked, shown };
}

/** Every sample of the case lies in D1: a minute's of each point. */
function besides({ path, points, days }: Case, d1Rows: number): number {
  const samples = path ? points.length : points.length * days * HOT_SAMPLES_A_DAY;
  return (d1Rows - samples) / points.length / days;
}
