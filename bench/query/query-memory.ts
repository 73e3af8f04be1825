import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROWS_MAX, type TimeseriesQuery } from "../../src/contract/query.ts";
import { addDays, DAY_MS } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import {
  type BenchArchive,
  FIRST_DAY,
  FULL_SITE,
  FULL_YEAR_POINTS,
  fullYear,
  SMALL_NAMES,
  SMALL_SITE,
  spanOf,
  spread,
  writeSmallDays,
} from "../data/data.ts";
import { atMost, type Figure, MIB, mib, mustBe, report } from "../measure/measure.ts";
import type { AnswerMemory, MemoryRun } from "./query-memory-run.ts";

const LIVE_MIB_MAX = 64;
/** Caps V8's heap at the bound, with a small young generation, so that garbage is collected early. */
const CAPPED = [`--max-old-space-size=${LIVE_MIB_MAX}`, "--max-semi-space-size=1"];
/** Too small to start with; 14 MiB were enough for the year. */
const TOO_SMALL_MIB = 8;
/** A full garbage collection takes longer than a read. */
const READS_PER_MEASUREMENT = 64;

type Answers = MemoryRun["answers"];

/** Memory of answers over a year while a slow reader takes them, one after another in one process. */
export async function memoryFigures(archive: BenchArchive, days: number): Promise<Figure[]> {
  const { folder } = archive;
  if (!existsSync(join(folder, objectKey(SMALL_SITE, addDays(FIRST_DAY, days - 1)))))
    writeSmallDays(archive, days);
  fullYear(archive, days);
  const small = queryOf(SMALL_SITE, spread(SMALL_NAMES, 20), days, DAY_MS);
  const points = spread(FULL_YEAR_POINTS, 20);
  const averages = queryOf(FULL_SITE, points, days, DAY_MS);
  const raw = queryOf(FULL_SITE, points, days, "raw");
  const json = (query: TimeseriesQuery) => ({ query, format: "json" as const });
  // Raw samples after the averages, when the footers of the whole year are in memory: no other answer has more.
  const full: Answers = [
    json(averages),
    json(raw),
    { query: raw, format: "csv" },
    { query: raw, format: "arrow" },
  ];
  const most: Answers = [json(queryOf(FULL_SITE, FULL_YEAR_POINTS, days, "raw"))];

  const live = { folder, collectGarbage: true, readsPerMeasurement: READS_PER_MEASUREMENT };
  const [ofSmall] = run([], { ...live, answers: [json(small)] });
  const [ofAverages, ofJson, ofCsv, ofArrow] = run([], { ...live, answers: full });
  const [ofMost] = run([], { ...live, answers: most });
  const withGarbage = { folder, collectGarbage: false, readsPerMeasurement: 1 };
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
    liveBytes("… of the small site's year", ofSmall),
    liveBytes("… of the full year", ofAverages),
    report("… after it, the footers", mib(ofAverages?.atEndBytes ?? 0)),
    mustBe("a page of raw samples, full days", `${rowsOf(ofJson)} rows`, rowsOf(ofJson) >= rowsOfPage(days)),
    liveBytes("… as JSON", ofJson),
    liveBytes("… as CSV", ofCsv),
    liveBytes("… as Arrow", ofArrow),
    liveBytes("… of 100 points, as JSON", ofMost),
    mustBe(
      `completes, heap capped at ${LIVE_MIB_MAX} MiB`,
      `${capped.length} answers`,
      capped.length === full.length,
    ),
    atMost("… averages, with garbage", mibOf(capped[0]), LIVE_MIB_MAX, " MiB"),
    report(
      "… raw as JSON, CSV, Arrow, with garbage",
      capped
        .slice(1)
        .map((each) => mib(each.peakBytes))
        .join(", "),
    ),
    report("averages, with garbage, without a cap", mib(free[0]?.peakBytes ?? Number.NaN)),
    mustBe(
      `the flag caps: ${TOO_SMALL_MIB} MiB`,
      tooSmall.length ? "no effect" : "V8 stops at it",
      !tooSmall.length,
    ),
  ];
}

function queryOf(site: typeof FULL_SITE, points: readonly string[], days: number, interval: "raw" | number) {
  const { fromMs, toMs } = spanOf(site, days);
  const range = { site_name: site, point_names: [...points], start_time: fromMs, end_time: toMs };
  return { ...range, interval, limit: ROWS_MAX } satisfies TimeseriesQuery;
}

/** The least number of rows: 816 samples of each point a day, until the page is full. */
const rowsOfPage = (days: number) => Math.min(ROWS_MAX, 20 * 816 * days);

/** The memory of each answer; empty where V8 ran out of heap. */
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
const liveBytes = (what: string, memory: AnswerMemory | undefined) =>
  atMost(`${what}: live memory`, mibOf(memory), LIVE_MIB_MAX, " MiB");
