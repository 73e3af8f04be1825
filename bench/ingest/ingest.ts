/**
 * A site-day end to end on workerd: `npm run bench:ingest [-- --only reference|memory]`. Prints figures beside
 * their bounds and ends with 1 where a figure exceeds its bound. Only ratios of one run on one machine are comparable.
 */
import { parseArgs } from "node:util";
import { runParts } from "../measure/measure.ts";
import { memoryFigures } from "./ingest-memory.ts";
import { referenceFigures } from "./ingest-reference.ts";

const { values } = parseArgs({ options: { only: { type: "string" } } });

await runParts(
  {
    reference: { title: "The reference day beside DuckDB", figures: referenceFigures },
    memory: { title: "Memory", figures: memoryFigures },
  },
  values.only,
);
