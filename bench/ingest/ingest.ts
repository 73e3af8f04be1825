/**
 * A site-day end to end on workerd: `npm run bench:ingest [-- --only reference|memory]`. Prints figures beside
 * their bounds and ends with 1 where one is over. Ratios are of one run on one machine; times are noise.
 */
import { parseArgs } from "node:util";
import { type CommandRun, runToEnd } from "../../terminal/terminal.ts";
import { type Figure, verdict } from "../run/verdict.ts";
import { memoryFigures } from "./ingest-memory.ts";
import { referenceFigures } from "./ingest-reference.ts";

const PARTS: Readonly<Record<string, { title: string; figures: (run: CommandRun) => Promise<Figure[]> }>> = {
  reference: { title: "The reference day beside DuckDB", figures: referenceFigures },
  memory: { title: "Memory", figures: memoryFigures },
};

const { values } = parseArgs({ options: { only: { type: "string" } } });

await runToEnd(async (run) => {
  let good = true;
  for (const [name, { title, figures }] of Object.entries(PARTS)) {
    if (values.only !== undefined && values.only !== name) continue;
    good = verdict(title, await figures(run)) && good;
  }
  return good ? 0 : 1;
});
