/**
 * The whole bench: `npm run bench [-- --quick --only ingest|scale|pacing|query|recovery|cost]`. Prints each section as it ends,
 * and writes docs/benchmarks.md after all of them; with `--only` it replaces the section there, and a quick one is printed
 * alone. Ends with 1 where a figure exceeds its bound. No source file may be edited meanwhile: `wrangler dev` would reload
 * the Worker.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CommandError, type CommandRun, formatDuration, runToEnd } from "../terminal/terminal.ts";
import {
  benchmarksDocument,
  type MeasuredSection,
  machineLines,
  versionsOf,
  withSection,
} from "./document/document.ts";
import { printSection } from "./measure/measure.ts";
import { SECTIONS } from "./sections.ts";

const DOCUMENT = join(import.meta.dirname, "../docs/benchmarks.md");

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string" } },
});

await runToEnd((run) => main(run, values.quick, values.only));

async function main(run: CommandRun, quick: boolean, only: string | undefined): Promise<number> {
  if (only !== undefined && !(only in SECTIONS)) {
    throw new CommandError(
      `--only ${only} is no section.`,
      `Sections are ${Object.keys(SECTIONS).join(", ")}.`,
    );
  }
  const flags = [quick ? " --quick" : "", only === undefined ? "" : ` --only ${only}`].join("");
  const command = `npm run bench${flags && ` --${flags}`}`;
  const date = new Date().toISOString().slice(0, 10);
  const measured: MeasuredSection[] = [];
  let isWithinBounds = true;
  for (const [name, { title, about, measure }] of Object.entries(SECTIONS)) {
    if (only !== undefined && only !== name) continue;
    const startedAt = performance.now();
    const section = await measure(run, { quick });
    isWithinBounds = printSection(title, section) && isWithinBounds;
    console.log(`${name} took ${formatDuration(performance.now() - startedAt)}`);
    measured.push({ title, about, command, date, quick, ...section });
  }
  const document = documentWith(measured, only !== undefined, quick);
  if (document !== undefined) writeFileSync(DOCUMENT, document);
  return isWithinBounds ? 0 : 1;
}

/** The document with what was measured; undefined where it stays as it is. */
function documentWith(
  measured: readonly MeasuredSection[],
  isOne: boolean,
  quick: boolean,
): string | undefined {
  const on = { machine: machineLines(), versions: versionsOf() };
  if (!isOne) return benchmarksDocument(on, measured);
  const [section] = measured;
  if (quick || !section) return undefined;
  const document = withSection(readFileSync(DOCUMENT, "utf8"), on, section);
  if (document === undefined)
    console.log("docs/benchmarks.md is of another machine or other versions; npm run bench replaces it");
  return document;
}
