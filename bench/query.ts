/**
 * What reading the archive costs: `npm run bench:query [-- --days 366]`. A full day of the reference site, and a year
 * of a smaller one, by the query's own source, by DuckDB and by plain hyparquet on the same files in the same run.
 * Prints figures beside their bounds and ends with 1 where one is over. Requests and bytes are judged; CPU is noise.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { addDays, DAY_MS, dayStartMs, daysOf, type UtcDay } from "../src/domain/day.ts";
import { objectKey } from "../src/domain/layout.ts";
import type { SiteName } from "../src/domain/site.ts";
import { encodeDay } from "../src/parquet/encode-day.ts";
import { madeUpNames, madeUpRuns } from "./made-up-day.ts";
import { askArchive, askRival, type Cost, type Span } from "./query-runs.ts";
import { atMost, type Figure, mustBe, told, verdict } from "./verdict.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "366" },
    "day-samples": { type: "string", default: "3741234" },
  },
});
const DAYS = Number(values.days);
const KB = 1024;
const BIG = "ses_falls_city" as SiteName;
const SMALL = "ses_small" as SiteName;
/** Read by each rival before it is measured, so that whatever it loads at first use is loaded. */
const WARM_UP = "warm_up" as SiteName;
const FIRST = "2024-01-01" as UtcDay;
const BIG_NAMES = madeUpNames(4_583);
const SMALL_NAMES = madeUpNames(458);
/** Of a year, so that it is made in a minute: some 220 a point. */
const SMALL_SAMPLES = 100_000;
/** A point that comes with the second half of the year. */
const NEWCOMER = "ses_falls_city/floor_1/newcomer";

const warmUp = objectKey(WARM_UP, FIRST);
const folder = mkdtempSync(join(tmpdir(), "bench-query-"));
try {
  write(WARM_UP, FIRST, SMALL_NAMES, 1_000, 1);
  let ok = true;
  for (const figures of [dayFigures, yearFigures]) ok = verdict(...(await figures())) && ok;
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function dayFigures(): Promise<[string, Figure[]]> {
  const file = write(BIG, FIRST, BIG_NAMES, Number(values["day-samples"]), 12345);
  const span = spanOf(BIG, FIRST, 1);
  const figures: Figure[] = [told("the file", kb(file))];
  let [cold, warm]: Cost[] = [];
  // Points of every kind, and of every place in its row group.
  for (const point of BIG_NAMES.filter((_, at) => at % 509 === 77)) {
    const ours = await askArchive(folder, { ...span, points: [point] });
    cold = worst(cold, ours.cold);
    warm = worst(warm, ours.warm);
  }
  const asked = { ...span, points: BIG_NAMES.slice(77, 78) };
  const ours = await askArchive(folder, asked);
  const duckdb = await askRival("duckdb", folder, asked, warmUp);
  const hyparquet = await askRival("hyparquet", folder, asked, warmUp);
  if (!cold || !warm) throw new Error("no point was asked for");
  figures.push(
    mustBe("the same answer", `${ours.cold.samples} samples`, same(ours.cold, duckdb, hyparquet)),
    atMost("requests, cold, the worst of 9 points", cold.requests, 3),
    atMost("bytes, cold", cold.bytes / KB, 256, " KB"),
    atMost("requests, warm", warm.requests, 2),
    atMost("bytes, warm", warm.bytes / KB, 80, " KB"),
    told("CPU, cold and warm", `${ms(ours.cold)}, ${ms(ours.warm)}`),
    told("DuckDB", costs(duckdb)),
    told("plain hyparquet", costs(hyparquet)),
  );
  return ["One point of a full-size day", figures];
}

async function yearFigures(): Promise<[string, Figure[]]> {
  let bytes = 0;
  const half = addDays(FIRST, DAYS >> 1);
  for (const [at, day] of daysOf(FIRST, addDays(FIRST, DAYS - 1)).entries()) {
    const names = day >= half ? [...SMALL_NAMES, NEWCOMER].sort() : SMALL_NAMES;
    bytes += write(SMALL, day, names, SMALL_SAMPLES, at + 1);
  }
  const span = spanOf(SMALL, FIRST, DAYS);
  const one = { ...span, points: SMALL_NAMES.slice(100, 101) };
  const ten = { ...span, points: SMALL_NAMES.filter((_, at) => at % 46 === 5) };
  const [oneCost, tenCost] = [await askArchive(folder, one), await askArchive(folder, ten)];
  const newcomer = await askArchive(folder, { ...span, points: [NEWCOMER] });
  const [duckdb, duckdbTen] = [
    await askRival("duckdb", folder, one, warmUp),
    await askRival("duckdb", folder, ten, warmUp),
  ];
  const hyparquet = await askRival("hyparquet", folder, one, warmUp);
  return [
    `A year: ${DAYS} days of ${SMALL_SAMPLES} samples, ${kb(bytes)}`,
    [
      mustBe("the same answer", `${oneCost.cold.samples} samples`, same(oneCost.cold, duckdb, hyparquet)),
      mustBe("the same answer for ten", `${tenCost.cold.samples} samples`, same(tenCost.cold, duckdbTen)),
      atMost("one point, requests a day, cold", oneCost.cold.requests / DAYS, 2),
      atMost("one point, requests a day, warm", oneCost.warm.requests / DAYS, 1),
      atMost(
        "one that half of the days have not, requests a day, warm",
        newcomer.warm.requests / DAYS,
        (DAYS - (DAYS >> 1)) / DAYS,
      ),
      atMost("one point, bytes, cold, of DuckDB's", oneCost.cold.bytes / duckdb.bytes, 1),
      atMost("one point, bytes, warm, of DuckDB's", oneCost.warm.bytes / duckdb.bytes, 1),
      atMost("one point, CPU, cold", oneCost.cold.cpuSeconds, 3, " s"),
      told("one point, cold", costs(oneCost.cold)),
      told("one point, warm", costs(oneCost.warm)),
      told("one point, DuckDB", costs(duckdb)),
      told("one point, plain hyparquet", costs(hyparquet)),
      told("ten points, cold", costs(tenCost.cold)),
      told("ten points, warm", costs(tenCost.warm)),
      told("ten points, DuckDB", costs(duckdbTen)),
      atMost("ten points, CPU, cold, times one's", tenCost.cold.cpuSeconds / oneCost.cold.cpuSeconds, 4),
      atMost("ten points, requests, cold, times one's", tenCost.cold.requests / oneCost.cold.requests, 4),
      told("ten points, bytes, cold, times one's", (tenCost.cold.bytes / oneCost.cold.bytes).toFixed(2)),
    ],
  ];
}

/** Writes a site-day; how many bytes. */
function write(site: SiteName, day: UtcDay, names: readonly string[], samples: number, seed: number): number {
  const startMs = dayStartMs(day);
  const runs = [...madeUpRuns({ samples, points: names.length, dayStartMs: startMs, seed })];
  const bytes = encodeDay({ site, dayStartMs: startMs, names }, runs, { rowGroupSize: 10_000 });
  const path = join(folder, objectKey(site, day));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return bytes.length;
}

function spanOf(site: SiteName, day: UtcDay, days: number): Omit<Span, "points"> {
  return { site, fromMs: dayStartMs(day), toMs: dayStartMs(day) + days * DAY_MS };
}

function same(first: Cost, ...others: Cost[]): boolean {
  return others.every(
    ({ samples, sum }) => samples === first.samples && Math.abs(sum - first.sum) < 1e-6 * samples,
  );
}

function worst(a: Cost | undefined, b: Cost): Cost {
  if (!a) return b;
  return { ...b, requests: Math.max(a.requests, b.requests), bytes: Math.max(a.bytes, b.bytes) };
}

function kb(bytes: number): string {
  return `${Math.round(bytes / KB)} KB`;
}

function ms({ cpuSeconds }: Cost): string {
  return `${(cpuSeconds * 1000).toFixed(0)} ms`;
}

function costs(cost: Cost): string {
  return `${cost.requests} reads, ${kb(cost.bytes)}, ${ms(cost)} CPU`;
}
