/**
 * The reference site's live sync over a simulated day: `npm run bench:sync [-- --hours 24]`. The rules run in Node with a
 * virtual clock, against the simulator's API and SQLite with D1's bounds.
 */
import { parseArgs } from "node:util";
import { runParts } from "../measure/measure.ts";
import { syncFigures } from "./sync-day.ts";

const { values } = parseArgs({ options: { hours: { type: "string", default: "24" } } });

await runParts(
  {
    day: {
      title: "The reference site's day in hot storage",
      figures: () => syncFigures(Number(values.hours)),
    },
  },
  undefined,
);
