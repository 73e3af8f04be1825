/**
 * Answers by the Query Worker's own code for a slow reader, one after another, and the peak memory of each. Run in a
 * separate process with `--expose-gc`. Argument: a `MemoryRun` as JSON. Prints one line of JSON.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import type { FormatName, TimeseriesQuery } from "../../src/contract/query.ts";
import type { ArchiveReader } from "../../src/ports/archive.ts";
import { answerQuery } from "../../src/query/answer/answer.ts";
import { aroundRequests } from "../../src/query/archive-requests.ts";
import { ColdSource, Footers } from "../../src/query/cold/cold.ts";
import { bucketSource } from "../../src/query/source.ts";
import { FileArchive } from "../data/data.ts";
import { isolateOver } from "./query-isolate.ts";

export interface MemoryRun {
  readonly folder: string;
  /** Whether answers come from roll-ups. */
  readonly rollups?: boolean;
  /** Memory is measured once in so many reads. */
  readonly readsPerMeasurement: number;
  /** Whether garbage is collected before each measurement, so that only live memory counts. */
  readonly collectGarbage: boolean;
  readonly answers: readonly { readonly query: TimeseriesQuery; readonly format: FormatName }[];
}

/** The memory of one answer. */
export interface AnswerMemory {
  readonly bytes: number;
  /** Above the memory in use before the first answer. */
  readonly peakBytes: number;
  readonly atEndBytes: number;
  readonly lastText: string;
}

/** The reader pauses so long after each chunk: every read ahead is finished by then. */
const CHUNK_MS = 2;

const { folder, rollups, readsPerMeasurement, collectGarbage, answers }: MemoryRun = JSON.parse(
  process.argv[2] ?? "",
);
let peak = 0;
let reads = 0;
const archive = measuring(new FileArchive(folder));
const { samples, buckets } = rollups ? isolateOver(archive) : dayFilesOf(archive);
const before = memoryInUse(true);
const results: AnswerMemory[] = [];
for (const { query, format } of answers) results.push(await answer(query, format));
console.log(JSON.stringify(results));

function dayFilesOf(reader: ArchiveReader): ReturnType<typeof isolateOver> {
  const cold = new ColdSource(reader, new Footers(() => Date.now()));
  return { samples: cold, buckets: bucketSource(cold) };
}

async function answer(query: TimeseriesQuery, format: FormatName): Promise<AnswerMemory> {
  peak = 0;
  const onFault = (fault: unknown) => {
    throw fault;
  };
  const onCancel = () => {
    throw new Error("the reader cancelled");
  };
  const parts = {
    samples,
    buckets,
    clock: { now: () => Date.now() },
    onFault,
    onCancel,
  };
  const body = await answerQuery(query, format, parts);
  if ("fault" in body) throw new Error(body.fault);
  let bytes = 0;
  let last = new Uint8Array();
  for await (const chunk of body) {
    bytes += chunk.length;
    last = chunk.slice(-1_000);
    await sleep(CHUNK_MS);
    reads++;
    if (reads % readsPerMeasurement === 0) measure();
  }
  const text = new TextDecoder().decode(last);
  return { bytes, peakBytes: peak - before, atEndBytes: memoryInUse(true) - before, lastText: text };
}

function measure(): void {
  peak = Math.max(peak, memoryInUse(collectGarbage));
}

/** Bytes in V8's heap and outside of it, where the bytes of arrays are. */
function memoryInUse(collectFirst: boolean): number {
  if (collectFirst) globalThis.gc?.();
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Measures memory when bytes have arrived and before they are decoded. */
function measuring(archive: ArchiveReader): ArchiveReader {
  return aroundRequests(archive, async (request) => {
    const found = await request();
    if (++reads % readsPerMeasurement === 0) measure();
    return found;
  });
}
