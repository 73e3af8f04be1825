import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type QueryAnswer, ROWS_MAX, type TimeseriesQuery } from "../../../src/contract/query.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import type { ArchiveReader } from "../../../src/ports/archive.ts";
import { answerQuery } from "../../../src/query/answer/answer.ts";
import { FIRST_DAY, FileArchive, spanOf, WARM_UP } from "../../data/data.ts";
import { kb } from "../../measure/measure.ts";
import { isolateOver } from "../query-isolate.ts";
import type { RivalRequest, RollupCost } from "./rollup-rival.ts";
import { VirtualLatency } from "./virtual-latency.ts";

export type { RollupCost } from "./rollup-rival.ts";

export interface AnswerCost extends RollupCost {
  /** Waiting for requests, and CPU. */
  readonly elapsedSeconds: number;
}

export function queryOf(site: SiteName, points: readonly string[], days: number, widthMs: number) {
  const { fromMs, toMs } = spanOf(site, days);
  const range = { site_name: site, point_names: [...points], start_time: fromMs, end_time: toMs };
  return { ...range, interval: widthMs, agg: "avg", limit: ROWS_MAX, time: "ms" } satisfies TimeseriesQuery;
}

/** An answer as JSON, with nothing known: its cost, and what it would take where each request takes `latencyMs`. */
export async function answerCost(
  folder: string,
  query: TimeseriesQuery,
  latencyMs: number,
): Promise<AnswerCost> {
  const latency = new VirtualLatency(latencyMs);
  // The first run is not counted: it compiles the code of all runs.
  await answerOnce(latency.around(new FileArchive(folder)), query);
  const waitedSeconds = latency.elapsedSeconds;
  const cost = await answerOnce(new FileArchive(folder), query);
  // As if nothing were computed while requests are waited for.
  return { ...cost, elapsedSeconds: waitedSeconds + cost.cpuSeconds };
}

async function answerOnce(archive: ArchiveReader, query: TimeseriesQuery): Promise<RollupCost> {
  const sources = isolateOver(archive);
  const onFault = (fault: unknown) => {
    throw fault;
  };
  const before = process.cpuUsage();
  const parts = { ...sources, clock: { now: () => 0 }, onFault, onCancel: () => undefined };
  const body = await answerQuery(query, "json", parts);
  if ("fault" in body) throw new Error(body.fault);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const { user, system } = process.cpuUsage(before);
  const { samples, metadata } = JSON.parse(Buffer.concat(chunks).toString()) as QueryAnswer;
  return {
    requests: metadata.r2_requests,
    bytes: metadata.bytes_read,
    cpuSeconds: (user + system) / 1e6,
    rows: samples.length,
    times: samples.reduce((sum, { timestamp }) => sum + Number(timestamp), 0),
    sum: samples.reduce((sum, { value }) => sum + (value ?? 0), 0),
  };
}

/** The same answer by DuckDB over day files or roll-ups. */
export function duckdbCost(
  folder: string,
  kind: RivalRequest["kind"],
  files: readonly string[],
  { point_names: points, interval }: ReturnType<typeof queryOf>,
): RollupCost {
  const warmUp = join(folder, objectKey(WARM_UP, FIRST_DAY));
  const request: RivalRequest = { kind, warmUp, files, points, widthMs: interval };
  const script = join(import.meta.dirname, "rollup-rival.ts");
  const line = execFileSync(process.execPath, [script, JSON.stringify(request)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(line);
}

export const shown = ({ requests, bytes, cpuSeconds }: RollupCost) =>
  `${requests} reads, ${kb(bytes)}, ${(cpuSeconds * 1000).toFixed(0)} ms CPU`;

/** Whether rows, times and values are the same, but for the order of addition. */
export const sameRows = (first: RollupCost, ...others: readonly RollupCost[]) =>
  others.every(
    ({ rows, times, sum }) =>
      rows === first.rows && times === first.times && Math.abs(sum - first.sum) < 1e-9 * Math.abs(first.sum),
  );
