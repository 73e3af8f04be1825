/**
 * An answer of DuckDB or of hyparquet, in a separate process, counted after its start-up: a small file is read before, so
 * that all code is loaded. Argument: a `RivalRequest` as JSON. Prints one line of JSON. Linux only.
 */
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { type AsyncBuffer, asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { cpuSeconds, type ReaderCost, type ReaderQuery, type RowSums } from "./answer.ts";
import { type Row, Sums } from "./sums.ts";

/** `hyparquet` is its own filter over ranges of the file, `scan` all rows of a whole file, filtered afterwards. */
export type Rival = "duckdb" | "hyparquet" | "scan";

export interface RivalRequest extends ReaderQuery {
  readonly rival: Rival;
  readonly warmUp: string;
  readonly files: readonly string[];
}

const COLUMNS = ["timestamp", "point_name", "value"];
let requests = 0;
let bytes = 0;

const request: RivalRequest = JSON.parse(process.argv[2] ?? "");
const read = request.rival === "duckdb" ? await duckdb() : hyparquet;
await read([request.warmUp]);
const before = counted();
const sums = await read(request.files);
const after = counted();
const cost: ReaderCost = {
  ...sums,
  requests: after.requests - before.requests,
  bytes: after.bytes - before.bytes,
  cpuSeconds: after.cpu - before.cpu,
};
console.log(JSON.stringify(cost));

/** Sums are made by DuckDB itself: no row has to reach JavaScript. */
async function duckdb() {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  // Every answer reads its files.
  await connection.run("SET enable_external_file_cache = false");
  return async (files: readonly string[]): Promise<RowSums> => {
    const { points, fromMs, toMs, widthMs } = request;
    const quoted = (all: readonly string[]) => all.map((text) => `'${text}'`).join(", ");
    const rows = `SELECT point_name, epoch_ms(timestamp) AS ms, value FROM read_parquet([${quoted(files)}])
      WHERE point_name IN (${quoted(points)})
        AND timestamp >= make_timestamptz(${fromMs * 1000}) AND timestamp < make_timestamptz(${toMs * 1000})`;
    const averages = `SELECT point_name, ms // ${widthMs} * ${widthMs} AS ms, avg(value) AS value
      FROM (${rows}) GROUP BY ALL`;
    const found = await connection.runAndReadAll(
      `SELECT count(*)::DOUBLE, sum(ms - ${fromMs})::DOUBLE, sum(value)::DOUBLE
       FROM (${widthMs === undefined ? rows : averages})`,
    );
    const [count = 0, times = 0, values = 0] = (found.getRows()[0] ?? []).map(Number);
    return { rows: count, times, values };
  };
}

async function hyparquet(files: readonly string[]): Promise<RowSums> {
  const sums = new Sums(request);
  for (const path of files) sums.add(await rowsOf(await counting(path)));
  return sums.result();
}

/** Rows of a file as its users would read them. */
async function rowsOf(file: AsyncBuffer): Promise<Row[]> {
  const { rival, points, fromMs, toMs } = request;
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  if (rival === "hyparquet") {
    const filter = { point_name: { $in: [...points] }, timestamp: { $gte: from, $lt: to } };
    return (await parquetReadObjects({ file, columns: COLUMNS, filter })) as Row[];
  }
  const names = new Set(points);
  const whole = await file.slice(0, file.byteLength);
  const rows = (await parquetReadObjects({ file: whole, columns: COLUMNS })) as Row[];
  return rows.filter((row) => names.has(row.point_name) && row.timestamp >= from && row.timestamp < to);
}

async function counting(path: string): Promise<AsyncBuffer> {
  const file = await asyncBufferFromFile(path);
  return {
    byteLength: file.byteLength,
    async slice(start, end) {
      const part = await file.slice(start, end);
      requests += 1;
      bytes += part.byteLength;
      return part;
    },
  };
}

function counted() {
  if (request.rival !== "duckdb") return { requests, bytes, cpu: cpuSeconds() };
  // DuckDB opens its files itself; the operating system counts what it reads.
  const io = readFileSync("/proc/self/io", "utf8");
  const field = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(io)?.[1]);
  return { requests: field("syscr"), bytes: field("rchar"), cpu: cpuSeconds() };
}
