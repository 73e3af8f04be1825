import type { CommandRun } from "../../../terminal/terminal.ts";
import type { BenchArchive } from "../../data/data.ts";
import { atMost, type Figure, KB, kb, report, temporaryFolder } from "../../measure/measure.ts";

import { type Case, coldCases, hotCases } from "./query-cases.ts";
import { latencyFigures } from "./query-latency.ts";
import { type QueryClient, startQuery } from "./timed-client.ts";
import { COLD_DAYS, fillState, HOT_POINTS } from "./worker-state.ts";

const REPEATS = 7;
/** Rows read for each point and day: 24 blocks, 96 windows, and those that find the point and the day. */
const ROWS_A_POINT_DAY_MAX = 150;
/** Of blocks, as they are stored; they take twice as much on the wire, which may be 2 MB. */
const MB_A_POINT_DAY_MAX = 1;

/** The Worker over HTTP. R2 and D1 are on this machine; `latencyFigures` adds their distance. */
export async function workerFigures(archive: BenchArchive, run: CommandRun): Promise<Figure[]> {
  const stateDir = temporaryFolder(run);
  const nowMs = Date.now();
  const began = performance.now();
  await fillState(stateDir, archive, nowMs);
  const filled = report(
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
    const { shown, measured } = await measure(client, each, REPEATS);
    const { d1_rows, d1_bytes, r2_requests } = measured.metadata;
    const pointDays = each.points.length * each.days;
    figures.push(
      report(`hot: ${each.title}`, shown),
      // The archive may have more samples of the boundary day and of today, which is not whole.
      atMost("… requests to R2", r2_requests, 1),
      atMost("… rows read, a point and day", d1_rows / pointDays, ROWS_A_POINT_DAY_MAX),
      atMost("… MB read, a point and day", d1_bytes / 1e6 / pointDays, MB_A_POINT_DAY_MAX),
    );
  }
  await client.stop();
  return figures;
}

/** Costs without footers, in another isolate with the footers in the cache, and again with footers in memory. */
async function coldFigures(each: Case, stateDir: string, run: CommandRun): Promise<Figure[]> {
  const { title, points, days } = each;
  const client = await startQuery(stateDir, true, run);
  const first = await measure(client, each, 1);
  const again = await measure(client, each, REPEATS);
  await client.stop();
  const other = await startQuery(stateDir, false, run);
  const cached = await measure(other, each, 1);
  await other.stop();
  const warm = [cached, again].map(({ measured }) => measured.metadata);
  const kbAPoint = (bytes: number) => bytes / KB / days / points.length;
  return [
    report(`cold: ${title}, first`, first.shown),
    report("… another isolate, footers in the cache", cached.shown),
    report("… again", again.shown),
    // The first day takes an extra request, after which the size of footers is known.
    atMost("… requests, first", first.measured.metadata.r2_requests, days * (1 + points.length) + 1),
    atMost(
      "… requests, later",
      Math.max(...warm.map((metadata) => metadata.r2_requests)),
      days * points.length,
    ),
    atMost("… a point and day, first", kbAPoint(first.measured.metadata.bytes_read), 256, " KB"),
    atMost(
      "… a point and day, later",
      kbAPoint(Math.max(...warm.map((metadata) => metadata.bytes_read))),
      80,
      " KB",
    ),
  ];
}

async function measure(client: QueryClient, each: Case, repeats: number) {
  const health = await client.health(REPEATS);
  const measured = await client.query(each.path ?? "/timeseries/query", each.parameters, repeats);
  const { r2_requests, bytes_read, d1_rows, d1_bytes } = measured.metadata;
  const spent = [
    r2_requests > 0 ? `${r2_requests} requests, ${kb(bytes_read)}` : "",
    d1_rows > 0 ? `${d1_rows} rows, ${kb(d1_bytes)} of blocks` : "",
  ].filter(Boolean);
  const shown = `${measured.ms.toFixed(0)} ms, ${(measured.ms / health).toFixed(1)} × /health; ${spent.join(", ")}`;
  return { measured, shown };
}
