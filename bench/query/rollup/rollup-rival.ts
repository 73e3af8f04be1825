/**
 * The same answer by DuckDB, over day files or over roll-ups, in a separate process that has read a small file before. See
 * `rival.ts` of the comparison for what is counted. Argument: a `RivalRequest` as JSON. Prints one line of JSON. Linux only.
 */
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

export interface RivalRequest {
  readonly kind: "days" | "rollups";
  readonly warmUp: string;
  readonly files: readonly string[];
  readonly points: readonly string[];
  readonly widthMs: number;
}

/** What an answer has, and what it cost. */
export interface RollupCost {
  readonly requests: number;
  readonly bytes: number;
  readonly cpuSeconds: number;
  readonly rows: number;
  /** Sums over all rows: of milliseconds since 1970, and of values. */
  readonly times: number;
  readonly sum: number;
}

const request: RivalRequest = JSON.parse(process.argv[2] ?? "");
const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
// Each point is a scan of all files, whose footers are read once.
await connection.run("SET parquet_metadata_cache = true");
await answer("days", [request.warmUp]);
const before = accounting();
const answered = await answer(request.kind, request.files);
const after = accounting();
const cost: RollupCost = {
  ...answered,
  bytes: after.bytes - before.bytes,
  requests: after.reads - before.reads,
  cpuSeconds: after.cpuSeconds - before.cpuSeconds,
};
console.log(JSON.stringify(cost));

async function answer(kind: RivalRequest["kind"], files: readonly string[]) {
  const paths = files.map((path) => `'${path}'`).join(", ");
  const average = kind === "days" ? "avg(value)" : "sum(sum) / sum(count)";
  // A list of names would read every row group between the first and the last of them.
  const selects = request.points.map(
    (point) => `SELECT timestamp, ${kind === "days" ? "value" : "sum, count"}, '${point}' AS point_name
      FROM read_parquet([${paths}]) WHERE point_name = '${point}'`,
  );
  const found = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE, sum(ms)::DOUBLE, sum(average)::DOUBLE FROM (
      SELECT point_name, epoch_ms(timestamp) // ${request.widthMs} * ${request.widthMs} AS ms, ${average} AS average
      FROM (${selects.join(" UNION ALL ")}) GROUP BY ALL)`,
  );
  const [rows = 0, times = 0, sum = 0] = (found.getRows()[0] ?? []).map(Number);
  return { rows, times, sum };
}

function accounting() {
  const io = readFileSync("/proc/self/io", "utf8");
  const field = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(io)?.[1]);
  const { user, system } = process.cpuUsage();
  return { bytes: field("rchar"), reads: field("syscr"), cpuSeconds: (user + system) / 1e6 };
}
