/**
 * A site-day from the API to a Parquet file, beside other ways: `npm run bench:ingest [-- --quick] [--only bursts|scattered|changes]`.
 * Prints tables, and figures beside their bounds, and ends with 1 where a figure exceeds its bound. Only ratios of one
 * run on one machine are comparable. No source file may be edited meanwhile: `wrangler dev` would reload the Worker.
 */
import { parseArgs } from "node:util";
import { SHAPES } from "../../simulator/building/building.ts";
import { CommandError, runToEnd } from "../../terminal/terminal.ts";
import { printSection } from "../measure/measure.ts";
import { measureShapes } from "./ingest.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string" } },
});

await runToEnd(async (run) => {
  const { quick, only } = values;
  const shapes = SHAPES.filter((shape) => only === undefined || shape === only);
  if (shapes.length === 0)
    throw new CommandError(`--only ${only} is no shape.`, `Shapes are ${SHAPES.join(", ")}.`);
  return printSection("Ingest", await measureShapes(shapes, run, { quick })) ? 0 : 1;
});
