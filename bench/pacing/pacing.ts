/**
 * Whether the gate's permits are all used, and never more: `npm run bench:pacing [-- --only pacing|year] [--latency 0.1|1|4]`.
 * Two sites share one key; a request takes a tenth of the gate's interval, all of it, and four of them.
 */
import { parseArgs } from "node:util";
import { type CommandRun, runToEnd } from "../../terminal/terminal.ts";
import { type Figure, verdict } from "../run/verdict.ts";
import { pacingFigures } from "./pacing-runs.ts";
import { yearFigures } from "./pacing-year.ts";

const { values } = parseArgs({ options: { only: { type: "string" }, latency: { type: "string" } } });
const latency = values.latency === undefined ? undefined : Number(values.latency);

const PARTS: Readonly<Record<string, { title: string; figures: (run: CommandRun) => Promise<Figure[]> }>> = {
  pacing: { title: "Two sites at one gate", figures: (run) => pacingFigures(run, latency) },
  year: { title: "The plan of a year", figures: yearFigures },
};

await runToEnd(async (run) => {
  let good = true;
  for (const [name, { title, figures }] of Object.entries(PARTS)) {
    if (values.only !== undefined && values.only !== name) continue;
    good = verdict(title, await figures(run)) && good;
  }
  return good ? 0 : 1;
});
