/**
 * The points of a site's first day by our reader or by DuckDB, in a separate process: CPU and peak memory, counted after
 * its start-up. Arguments: reader, folder, a site that is read first so that all code is loaded, the site. Prints one
 * line of JSON.
 */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { dayStartMs } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { archivedPoints } from "../../src/query/catalog/catalog.ts";
import { newMeter } from "../../src/query/cost.ts";
import { FIRST_DAY, FileArchive } from "../data/data.ts";

export interface PointsFigures {
  readonly cpuSeconds: number;
  /** Of the process, above its memory before the read. */
  readonly peakBytes: number;
  readonly points: number;
  readonly samples: number;
  /** The sum of all points' first and last milliseconds of the day. */
  readonly times: number;
}

const START_MS = dayStartMs(FIRST_DAY);

const [reader, folder = "", first, site] = process.argv.slice(2);
const run = reader === "duckdb" ? await duckdb() : ours;
await run(first as SiteName);
const rssBefore = process.memoryUsage.rss();
const cpuBefore = process.cpuUsage();
const answer = await run(site as SiteName);
const { user, system } = process.cpuUsage(cpuBefore);
const figures: PointsFigures = {
  ...answer,
  cpuSeconds: (user + system) / 1e6,
  peakBytes: process.resourceUsage().maxRSS * 1024 - rssBefore,
};
console.log(JSON.stringify(figures));

async function ours(of: SiteName) {
  const { points } = await archivedPoints(new FileArchive(folder), of, FIRST_DAY, newMeter());
  return {
    points: points.length,
    samples: points.reduce((sum, { samples }) => sum + samples, 0),
    times: points.reduce((sum, { firstMs, lastMs }) => sum + firstMs + lastMs - 2 * START_MS, 0),
  };
}

async function duckdb() {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  return async (of: SiteName) => {
    const found = await connection.runAndReadAll(
      `SELECT point_name, count(*)::DOUBLE, epoch_ms(min(timestamp))::DOUBLE, epoch_ms(max(timestamp))::DOUBLE
       FROM '${join(folder, objectKey(of, FIRST_DAY))}' GROUP BY 1`,
    );
    const [, counts = [], firsts = [], lasts = []] = found.getColumns() as number[][];
    return {
      points: counts.length,
      samples: counts.reduce((sum, count) => sum + count, 0),
      times: [...firsts, ...lasts].reduce((sum, ms) => sum + ms - START_MS, 0),
    };
  };
}
