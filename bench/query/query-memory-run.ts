/**
 * Answers of the Query Worker's own code to a reader that is slow, one after another, and the most that was held while
 * they were given. For a process of its own, with `--expose-gc`. Argument: a `MemoryRun` as JSON. Prints one line of JSON.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import type { FormatName, TimeseriesQuery } from "../../src/contract/query.ts";
import type { ArchiveReader } from "../../src/ports/archive.ts";
import { answerQuery } from "../../src/query/answer/answer.ts";
import { aroundRequests } from "../../src/query/archive-requests.ts";
import { ColdSource, Footers } from "../../src/query/cold/cold.ts";
import { FileArchive } from "../data/file-archive.ts";

export interface MemoryRun {
  readonly folder: string;
  /** Reads from one look at the memory to the next. */
  readonly readsALook: number;
  /** Whether garbage is collected before each look: what is left is held. */
  readonly held: boolean;
  readonly answers: readonly { readonly query: TimeseriesQuery; readonly format: FormatName }[];
}

/** One for each answer. */
export interface AnswerMemory {
  readonly bytes: number;
  /** Above what the process took before the first answer. */
  readonly peakBytes: number;
  readonly atEndBytes: number;
  readonly lastText: string;
}

/** How long the reader lets each chunk lie: everything that is read ahead has come by then. */
const CHUNK_MS = 2;

const { folder, readsALook, held, answers }: MemoryRun = JSON.parse(process.argv[2] ?? "");
let peak = 0;
let reads = 0;
const samples = new ColdSource(looking(new FileArchive(folder)), new Footers(() => Date.now()));
const before = taken(true);
const results: AnswerMemory[] = [];
for (const { query, format } of answers) results.push(await take(query, format));
console.log(JSON.stringify(results));

async function take(query: TimeseriesQuery, format: FormatName): Promise<AnswerMemory> {
  peak = 0;
  const onFault = (fault: unknown) => {
    throw fault;
  };
  const onCancel = () => {
    throw new Error("the reader went away");
  };
  const parts = { samples, clock: { now: () => Date.now() }, onFault, onCancel };
  const body = await answerQuery(query, format, parts);
  if ("fault" in body) throw new Error(body.fault);
  let bytes = 0;
  let last = new Uint8Array();
  for await (const chunk of body) {
    bytes += chunk.length;
    last = chunk.slice(-1_000);
    await sleep(CHUNK_MS);
    reads++;
    if (reads % readsALook === 0) look();
  }
  const text = new TextDecoder().decode(last);
  return { bytes, peakBytes: peak - before, atEndBytes: taken(true) - before, lastText: text };
}

function look(): void {
  peak = Math.max(peak, taken(held));
}

/** What V8 holds, and what it holds outside of its heap: the bytes of arrays. */
function taken(collected: boolean): number {
  if (collected) globalThis.gc?.();
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Looks at the memory when bytes have come, and before anything is made of them. */
function looking(archive: ArchiveReader): ArchiveReader {
  return aroundRequests(archive, async (request) => {
    const found = await request();
    if (++reads % readsALook === 0) look();
    return found;
  });
}
