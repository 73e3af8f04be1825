/**
 * How the backfill scales with the size of a day and with the number of sites: `npm run bench:scale [-- --quick] [--only days|sites|heap]`.
 * Prints tables, and figures beside their bounds, and ends with 1 where a figure exceeds its bound. No source file may be
 * edited meanwhile: `wrangler dev` would reload the Worker.
 */
import { parseArgs } from "node:util";
import { CommandError, runToEnd } from "../../terminal/terminal.ts";
import { printSection } from "../measure/measure.ts";
import { measureScale, SCALE_PARTS } from "./scale.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string" } },
});

await runToEnd(async (run) => {
  const { quick, only } = values;
  const parts = SCALE_PARTS.filter((part) => only === undefined || part === only);
  if (parts.length === 0)
    throw new CommandError(`--only ${only} is no part.`, `Parts are ${SCALE_PARTS.join(", ")}.`);
  return printSection("Scale", await measureScale(parts, run, { quick })) ? 0 : 1;
});
