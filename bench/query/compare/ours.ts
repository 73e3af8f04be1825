import { type QueryAnswer, ROWS_MAX, type TimeseriesQuery } from "../../../src/contract/query.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { answerQuery } from "../../../src/query/answer/answer.ts";
import { ColdSource, Footers } from "../../../src/query/cold/cold.ts";
import { newMeter } from "../../../src/query/cost.ts";
import { bucketSource } from "../../../src/query/source.ts";
import type { QuerySources } from "../../../src/query/tiers.ts";
import { FileArchive } from "../../data/data.ts";
import { isolateOver } from "../query-isolate.ts";
import { cpuSeconds, type ReaderCost, type ReaderQuery } from "./answer.ts";

type Sources = Pick<QuerySources, "samples" | "buckets">;

export interface OurQuery extends ReaderQuery {
  readonly site: SiteName;
  /** Which files answer it: a file a day, or roll-ups and day files where there are none. */
  readonly from: "day files" | "roll-ups";
}

/** The costs with nothing known, and with footers and indexes known. */
export interface OurCosts {
  readonly cold: ReaderCost;
  readonly warm: ReaderCost;
}

/** Answers a query by the Query Worker's own code: cold, then warm. */
export async function readOurs(folder: string, query: OurQuery): Promise<OurCosts> {
  const read = query.widthMs === undefined ? readSamples : readAverages;
  // Not counted: the first run compiles the code of all runs.
  await read(sourcesOf(folder, query), query);
  const sources = sourcesOf(folder, query);
  return { cold: await read(sources, query), warm: await read(sources, query) };
}

function sourcesOf(folder: string, { from }: OurQuery): Sources {
  const archive = new FileArchive(folder);
  if (from === "roll-ups") return isolateOver(archive);
  const samples = new ColdSource(archive, new Footers(() => Date.now()));
  return { samples, buckets: bucketSource(samples) };
}

async function readSamples({ samples }: Sources, { site, points, fromMs, toMs }: OurQuery) {
  const meter = newMeter();
  const before = cpuSeconds();
  let [rows, times, values] = [0, 0, 0];
  for await (const { series } of samples.days({ site, points, fromMs, toMs }, meter)) {
    for (const { ms, value } of series) {
      rows += ms.length;
      for (const each of ms) times += each - fromMs;
      for (const each of value) values += each;
    }
  }
  const seconds = cpuSeconds() - before;
  return { requests: meter.r2Requests, bytes: meter.bytesRead, cpuSeconds: seconds, rows, times, values };
}

/** Averages as the Worker answers them, in JSON: its CPU counts too. */
async function readAverages(sources: Sources, { site, points, fromMs, toMs, widthMs }: OurQuery) {
  const query: TimeseriesQuery = {
    ...{ site_name: site, point_names: [...points], start_time: fromMs, end_time: toMs },
    ...{ interval: widthMs ?? "raw", agg: "avg", limit: ROWS_MAX, time: "ms" },
  };
  const onFault = (fault: unknown) => {
    throw fault;
  };
  const before = cpuSeconds();
  const parts = { ...sources, clock: { now: () => 0 }, onFault, onCancel: () => undefined };
  const body = await answerQuery(query, "json", parts);
  if ("fault" in body) throw new Error(body.fault);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const seconds = cpuSeconds() - before;
  const { samples, metadata } = JSON.parse(Buffer.concat(chunks).toString()) as QueryAnswer;
  return {
    ...{ requests: metadata.r2_requests, bytes: metadata.bytes_read, cpuSeconds: seconds },
    rows: samples.length,
    times: samples.reduce((sum, { timestamp }) => sum + Number(timestamp) - fromMs, 0),
    values: samples.reduce((sum, { value }) => sum + (value ?? 0), 0),
  };
}
