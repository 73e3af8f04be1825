/**
 * What reading the archive costs: `npm run bench:query [-- --only points|rollups|memory|worker --days 366
 * --row-group-size 10000]`. The list of points of a full day, a year out of roll-ups, the memory in use meanwhile, and the
 * Query Worker on workerd. Prints figures beside their bounds and ends with 1 where a figure exceeds its bound. Queries beside
 * other readers are a section of `npm run bench`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FIRST_DAY, madeUpNames, WARM_UP, writeDay } from "../data/data.ts";
import { runParts } from "../measure/measure.ts";
import { memoryFigures } from "./query-memory.ts";
import { pointFigures } from "./query-points.ts";
import { rollupFigures } from "./rollup/rollup.ts";
import { workerFigures } from "./workerd/workerd.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    days: { type: "string", default: "366" },
    "row-group-size": { type: "string", default: "10000" },
  },
});
const days = Number(values.days);
const folder = mkdtempSync(join(tmpdir(), "bench-query-"));
const archive = { folder, rowGroupSize: Number(values["row-group-size"]) };

await runParts(
  {
    points: { title: "The points of a full day", figures: async () => pointFigures(archive) },
    rollups: { title: "Roll-ups, over a year", figures: () => rollupFigures(archive, days) },
    memory: { title: "Memory, over a year", figures: () => memoryFigures(archive, days) },
    worker: { title: "The Query Worker on workerd", figures: (run) => workerFigures(archive, run) },
  },
  values.only,
  (run) => {
    run.onEnd(() => rmSync(folder, { recursive: true }));
    writeDay(archive, WARM_UP, FIRST_DAY, madeUpNames(10), 1_000, 1);
  },
);
