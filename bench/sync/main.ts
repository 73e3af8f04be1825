/**
 * The reference site's live sync over a simulated day: `npm run bench:sync [-- --hours 24 --only day|point-day]`. The rules
 * run in Node with a virtual clock, against the simulator's API and SQLite with D1's bounds. `point-day` compares on workerd
 * what a query of blocks takes with one of rows a sample.
 */
import { parseArgs } from "node:util";
import { transportFigures } from "../hot/transport/transport.ts";
import { runParts } from "../measure/measure.ts";
import { countSyncDay } from "./sync-day.ts";

const { values } = parseArgs({
  options: { hours: { type: "string", default: "24" }, only: { type: "string" } },
});

await runParts(
  {
    day: {
      title: "The reference site's day in hot storage",
      figures: async () => [...(await countSyncDay(Number(values.hours))).figures],
    },
    "point-day": { title: "Bytes between D1 and a Worker, on workerd", figures: transportFigures },
  },
  values.only,
);
