/**
 * The same answer by DuckDB or by plain hyparquet, in a separate process: the bytes it reads, by the operating system's
 * accounting, and its CPU, both counted after its start-up. Arguments: rival, a file that is read first so that all code
 * is loaded, points as JSON, first and last millisecond, files. Prints one line of JSON. Linux only.
 */
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";

export interface RivalFigures {
  readonly bytes: number;
  readonly reads: number;
  readonly cpuSeconds: number;
  readonly samples: number;
  readonly sum: number;
}

interface Request {
  readonly points: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

const [rival, first = "", points = "[]", fromMs, toMs, ...files] = process.argv.slice(2);
const request: Request = { points: JSON.parse(points), fromMs: Number(fromMs), toMs: Number(toMs) };
const run = rival === "duckdb" ? await duckdb() : hyparquet;
await run(request, [first]);
const before = accounting();
const answer = await run(request, files);
const after = accounting();
const figures: RivalFigures = {
  ...answer,
  bytes: after.bytes - before.bytes,
  reads: after.reads - before.reads,
  cpuSeconds: after.cpuSeconds - before.cpuSeconds,
};
console.log(JSON.stringify(figures));

async function duckdb() {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  return async ({ points, fromMs, toMs }: Request, paths: readonly string[]) => {
    const quoted = (all: readonly string[]) => all.map((text) => `'${text}'`).join(", ");
    const columns = await connection.runAndReadAll(
      `SELECT epoch_ms(timestamp) AS ms, value, point_name FROM read_parquet([${quoted(paths)}])
       WHERE point_name IN (${quoted(points)})
         AND timestamp >= make_timestamptz(${fromMs * 1000}) AND timestamp < make_timestamptz(${toMs * 1000})`,
    );
    const values = (columns.getColumns()[1] ?? []) as number[];
    return { samples: values.length, sum: values.reduce((sum, value) => sum + value, 0) };
  };
}

async function hyparquet({ points, fromMs, toMs }: Request, paths: readonly string[]) {
  let samples = 0;
  let sum = 0;
  for (const path of paths) {
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(path),
      columns: ["timestamp", "point_name", "value"],
      filter: {
        point_name: { $in: [...points] },
        timestamp: { $gte: new Date(fromMs), $lt: new Date(toMs) },
      },
    });
    samples += rows.length;
    for (const { value } of rows) sum += Number(value);
  }
  return { samples, sum };
}

function accounting() {
  const io = readFileSync("/proc/self/io", "utf8");
  const field = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(io)?.[1]);
  const { user, system } = process.cpuUsage();
  return { bytes: field("rchar"), reads: field("syscr"), cpuSeconds: (user + system) / 1e6 };
}
