import { CommandError, type CommandRun, runToEnd } from "../../terminal/terminal.ts";
import { printSection } from "./print.ts";
import type { Figure } from "./verdict.ts";

/** The parts of a bench by the names that `--only` takes. */
export type Parts = Readonly<
  Record<string, { readonly title: string; readonly figures: (run: CommandRun) => Promise<Figure[]> }>
>;

/** Runs all parts of a bench, or `only` one, and ends the process with 1 where a figure exceeds its bound. */
export async function runParts(parts: Parts, only: string | undefined, prepare?: (run: CommandRun) => void) {
  await runToEnd(async (run) => {
    if (only !== undefined && !(only in parts)) {
      throw new CommandError(`--only ${only} is no part.`, `Parts are ${Object.keys(parts).join(", ")}.`);
    }
    prepare?.(run);
    let isWithinBounds = true;
    for (const [name, { title, figures }] of Object.entries(parts)) {
      if (only !== undefined && only !== name) continue;
      isWithinBounds = printSection(title, { tables: [], figures: await figures(run) }) && isWithinBounds;
    }
    return isWithinBounds ? 0 : 1;
  });
}
