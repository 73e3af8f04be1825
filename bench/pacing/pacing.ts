/**
 * Whether the gate's permits are all used, and never more: `npm run bench:pacing [-- --only pacing|year] [--latency 0.1|1|4]`.
 * Two sites share one key; a request takes a tenth of the gate's interval, all of it, and four of them.
 */
import { parseArgs } from "node:util";
import { runParts } from "../measure/measure.ts";
import { pacingFigures } from "./pacing-runs.ts";
import { yearFigures } from "./pacing-year.ts";

const { values } = parseArgs({ options: { only: { type: "string" }, latency: { type: "string" } } });
const latency = values.latency === undefined ? undefined : Number(values.latency);

await runParts(
  {
    pacing: { title: "Two sites at one gate", figures: (run) => pacingFigures(run, latency) },
    year: { title: "The plan of a year", figures: yearFigures },
  },
  values.only,
);
