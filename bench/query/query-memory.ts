import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROWS_MAX, type TimeseriesQuery } from "../../src/contract/query.ts";
import { addDays } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import { FULL_SITE, FULL_YEAR_POINTS, fullYear } from "../data/full-year.ts";
import { type BenchArchive, FIRST_DAY, spanOf, spread } from "../data/query-archive.ts";
import { atMost, type Figure, MIB, mib, mustBe, told } from "../run/verdict.ts";
import type { AnswerMemory, MemoryRun } from "./query-memory-run.ts";
import { NAMES as SMALL_NAMES, SITE as SMALL_SITE, writeYear } from "./query-year.ts";

const HELD_MIB_MAX = 64;
/** Under this much of V8's heap, and little for what is young, garbage has to go before it is much. */
const CAPPED = [`--max-old-space-size=${HELD_MIB_MAX}`, "--max-semi-space-size=1"];
/** Nothing starts with it; 14 were enough for the year. */
const TOO_SMALL_MIB = 8;
/** A collection of all garbage takes longer than a read. */
const READS_A_LOOK = 64;

type Answers = MemoryRun["answers"];

/** What answers over a year hold while a slow reader takes them, each after the one before in one process. */
export async function memoryFigures(archive: BenchArchive, days: number): Promise<Figure[]> {
  const { folder } = archive;
  if (!existsSync(join(folder, objectKey(SMALL_SITE, addDays(FIRST_DAY, days - 1)))))
    writeYear(archive, days);
  fullYear(archive, days);
  const small = queryOf(SMALL_SITE, spread(SMALL_NAMES, 20), days, "1day");
  const points = spread(FULL_YEAR_POINTS, 20);
  const averages = queryOf(FULL_SITE, points, days, "1day");
  const raw = queryOf(FULL_SITE, points, days, "raw");
  const json = (query: TimeseriesQuery) => ({ query, format: "json" as const });
  // Raw after the averages, when the footers of the whole year are in memory: no answer finds more there.
  const full: Answers = [
    json(averages),
    json(raw),
    { query: raw, format: "csv" },
    { query: raw, format: "arrow" },
  ];
  const most: Answers = [json(queryOf(FULL_SITE, FULL_YEAR_POINTS, days, "raw"))];

  const held = { folder, held: true, readsALook: READS_A_LOOK };
  const [ofSmall] = run([], { ...held, answers: [json(small)] });
  const [ofAverages, ofJson, ofCsv, ofArrow] = run([], { ...held, answers: full });
  const [ofMost] = run([], { ...held, answers: most });
  const withGarbage = { folder, held: false, readsALook: 1 };
  const capped = run(CAPPED, { ...withGarbage, answers: full });
  const free = run([], { ...withGarbage, answers: full.slice(0, 1) });
  const tooSmall = run([`--max-old-space-size=${TOO_SMALL_MIB}`, "--max-semi-space-size=1"], {
    ...withGarbage,
    answers: full.slice(0, 1),
  });
  const rows = 20 * days;
  return [
    mustBe(
      "1day averages of 20 points, full days",
      `${rowsOf(ofAverages)} rows`,
      rowsOf(ofAverages) === rows,
    ),
    heldBy("… of the small site's year", ofSmall),
    heldBy("… of the full year", ofAverages),
    told("… after it, the footers", mib(ofAverages?.atEndBytes ?? 0)),
    mustBe("a page of raw samples, full days", `${rowsOf(ofJson)} rows`, rowsOf(ofJson) >= rowsOfPage(days)),
    heldBy("… as JSON", ofJson),
    heldBy("… as CSV", ofCsv),
    heldBy("… as Arrow", ofArrow),
    heldBy("… of 100 points, as JSON", ofMost),
    mustBe(
      `completes, heap capped at ${HELD_MIB_MAX} MiB`,
      `${capped.length} answers`,
      capped.length === full.length,
    ),
    atMost("… averages, with garbage", mibOf(capped[0]), HELD_MIB_MAX, " MiB"),
    told(
      "… raw as JSON, CSV, Arrow, with garbage",
      capped
        .slice(1)
        .map((each) => mib(each.peakBytes))
        .join(", "),
    ),
    told("averages, with all the garbage that V8 lets lie uncapped", mib(free[0]?.peakBytes ?? Number.NaN)),
    mustBe(
      `the flag caps: ${TOO_SMALL_MIB} MiB`,
      tooSmall.length ? "not felt" : "V8 stops at it",
      !tooSmall.length,
    ),
  ];
}

function queryOf(site: typeof FULL_SITE, points: readonly string[], days: number, interval: "raw" | "1day") {
  const { fromMs, toMs } = spanOf(site, days);
  const range = { site_name: site, point_names: [...points], start_time: fromMs, end_time: toMs };
  return { ...range, interval, limit: ROWS_MAX } satisfies TimeseriesQuery;
}

/** At least: 816 samples of each point a day, until the page is full. */
const rowsOfPage = (days: number) => Math.min(ROWS_MAX, 20 * 816 * days);

/** Nothing where V8 came to the end of its heap. */
function run(flags: readonly string[], memoryRun: MemoryRun): AnswerMemory[] {
  const script = join(import.meta.dirname, "query-memory-run.ts");
  const args = ["--expose-gc", ...flags, script, JSON.stringify(memoryRun)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout);
  if (stderr.includes("heap out of memory")) return [];
  throw new Error(`the answers failed: ${stderr}`);
}

const rowsOf = (memory: AnswerMemory | undefined) =>
  Number(/"total_samples":(\d+)/.exec(memory?.lastText ?? "")?.[1]);
const mibOf = (memory: AnswerMemory | undefined) => (memory?.peakBytes ?? Number.NaN) / MIB;
const heldBy = (what: string, memory: AnswerMemory | undefined) =>
  atMost(`${what}: held`, mibOf(memory), HELD_MIB_MAX, " MiB");
