import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REFERENCE_DAY, type Shape } from "../../simulator/building/building.ts";
import { addDays, parseUtcDay } from "../../src/domain/day.ts";
import { parseSiteName } from "../../src/domain/site.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import { ACE_KEY, type SectionOptions, startSimulatorProcess } from "../measure/measure.ts";
import {
  CONTENDERS,
  type ContenderName,
  type Conversion,
  type Failure,
  type Results,
} from "./contenders/contenders.ts";
import { bytesByDefault, type FileSummary, isSorted, summarizeFile } from "./file-summary.ts";
import { type SavedPages, savePages } from "./saved-pages.ts";

const SITE = known(parseSiteName("ses_falls_city"));
const DAY = known(parseUtcDay("2024-01-15"));
/** They take turns, and the cheapest turn of each counts: other work of the machine only adds CPU. */
const TURNS = 3;
const QUICK_SHARE = 1 / 10;

/** What the contenders have made of the same pages. */
export interface ShapeRun {
  readonly shape: Shape;
  readonly turns: number;
  readonly pages: SavedPages;
  /** The rows of the day that the simulator serves. */
  readonly samples: number;
  readonly results: { readonly [Name in ContenderName]: Results[Name] | Failure };
  /** Whether the Worker's rows are in order of name and time. */
  readonly isSorted: boolean;
  /** The size of the same rows with DuckDB's own row groups. */
  readonly defaultBytes: number | undefined;
}

/** The reference day in a shape, from the API to a file by each contender. Quick: a tenth of the rows, one turn. */
export async function runShape(shape: Shape, run: CommandRun, { quick }: SectionOptions): Promise<ShapeRun> {
  const folder = mkdtempSync(join(tmpdir(), "backfill-pages-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  run.onEnd(remove);
  const samples = Math.round(REFERENCE_DAY.samplesPerDay * (quick ? QUICK_SHARE : 1));
  const size = ["--preset", "reference", "--samples-per-day", String(samples), "--shape", shape];
  console.log(`… ${shape}: the simulator, and its pages saved`);
  const simulator = await startSimulatorProcess(
    ["--sites", SITE, ...size, "--prerender", DAY, "--empty-days", addDays(DAY, -1)],
    run,
  );
  try {
    const pages = await savePages({ api: simulator.api, key: ACE_KEY, site: SITE, day: DAY }, folder);
    const turns = quick ? 1 : TURNS;
    const results = await takeTurns(turns, { shape, samples, folder, api: simulator.api }, run);
    const { workerd, duckdb } = results;
    return {
      shape,
      turns,
      pages,
      samples,
      results,
      isSorted: "failed" in workerd ? false : await isSorted(workerd.path),
      defaultBytes: "failed" in duckdb ? undefined : await bytesByDefault(duckdb.path),
    };
  } finally {
    simulator.stop();
    remove();
  }
}

interface Place {
  readonly shape: Shape;
  readonly samples: number;
  readonly folder: string;
  readonly api: string;
}

async function takeTurns(turns: number, place: Place, run: CommandRun): Promise<ShapeRun["results"]> {
  const { shape, samples, folder, api } = place;
  const results: Partial<Record<ContenderName, Conversion | Failure>> = {};
  let expected: FileSummary | undefined;
  for (let turn = 0; turn < turns; turn++) {
    for (const name of Object.keys(CONTENDERS) as ContenderName[]) {
      const { title, isBounded, measure } = CONTENDERS[name];
      if (turn > 0 && !isBounded) continue;
      console.log(`… ${shape}: ${title}${isBounded && turns > 1 ? `, turn ${turn + 1} of ${turns}` : ""}`);
      const result = await measure(api, { folder, site: SITE, day: DAY }, run);
      const summary = "failed" in result ? undefined : await summarizeFile(result.path);
      expected ??= summary;
      const wrong = summary && differences(summary, { ...expected, rows: String(samples) });
      const checked = wrong && wrong.length > 0 ? { failed: `other ${wrong.join(", ")}` } : result;
      results[name] = cheaper(results[name], checked);
    }
  }
  return results as ShapeRun["results"];
}

/** The names of what differs. */
const differences = (summary: FileSummary, expected: FileSummary) =>
  Object.keys(expected).filter((name) => summary[name] !== expected[name]);

/** A turn that failed counts, whatever the others took. */
function cheaper(one: Conversion | Failure | undefined, other: Conversion | Failure): Conversion | Failure {
  if (one === undefined || "failed" in other) return other;
  return "failed" in one || one.cpuSeconds <= other.cpuSeconds ? one : other;
}

function known<T>(parsed: T | undefined): T {
  if (parsed === undefined) throw new Error("the reference site or day is not valid");
  return parsed;
}
