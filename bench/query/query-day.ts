import { addDays } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { indexFooter } from "../../src/parquet/read/read.ts";
import { coalesce, pruneGroups } from "../../src/query/cold/cold.ts";
import { madeUpNames } from "../data/made-up-day.ts";
import { type BenchArchive, FIRST_DAY, spanOf, spread, writeDay } from "../data/query-archive.ts";
import { atMost, type Figure, mustBe, told } from "../run/verdict.ts";
import { pointFigures } from "./query-points.ts";
import { askArchive, askRival, type Cost, costs, KB, kb, same } from "./query-runs.ts";
import { tenPointFigures } from "./query-ten.ts";

const SITE = "ses_falls_city" as SiteName;
export const NAMES = madeUpNames(4_583);
export const SAMPLES = 3_741_234;
/** Enough that the first day, which shows how large footers are, is not most of it. */
const FULL_DAYS = 4;

/** Full days of the reference site: one point of one day, the points there are, and ten points of some days. */
export async function fullDayFigures(archive: BenchArchive): Promise<Figure[]> {
  const days = Array.from({ length: FULL_DAYS }, (_, at) => addDays(FIRST_DAY, at));
  const [file] = days.map((day, at) => writeDay(archive, SITE, day, NAMES, SAMPLES, at + 1));
  if (!file) throw new Error("no day was written");

  const oneDay = { ...spanOf(SITE, 1), points: spread(NAMES, 1) };
  const all: { cold: Cost; warm: Cost }[] = [];
  // Points of every kind, and at every place in their row groups.
  for (const point of spread(NAMES, 29)) {
    all.push(await askArchive(archive.folder, { ...oneDay, points: [point] }));
  }
  const most = (of: (costs: { cold: Cost; warm: Cost }) => number) => Math.max(...all.map(of));
  const ours = await askArchive(archive.folder, oneDay);
  const duckdb = await askRival("duckdb", archive, oneDay);
  const hyparquet = await askRival("hyparquet", archive, oneDay);

  return [
    told("a file", kb(file.length)),
    mustBe("the same answer", `${ours.cold.samples} samples`, same(ours.cold, duckdb, hyparquet)),
    atMost(
      "requests, cold, the most of 29 points",
      most(({ cold }) => cold.requests),
      3,
    ),
    atMost("bytes, cold", most(({ cold }) => cold.bytes) / KB, 256, " KB"),
    atMost(
      "requests, warm",
      most(({ warm }) => warm.requests),
      2,
    ),
    atMost("bytes, warm", most(({ warm }) => warm.bytes) / KB, 80, " KB"),
    told("cold", costs(ours.cold)),
    told("warm", costs(ours.warm)),
    told("DuckDB", costs(duckdb)),
    told("plain hyparquet", costs(hyparquet)),
    ...pointFigures(archive, SITE),
    // Spread points are in ten of a day's 375 row groups, far from each other: with the footers known that is ten times
    // the work of one. CPU and time of so few days are too short to be judged.
    ...(await tenPointFigures(archive, NAMES, spanOf(SITE, FULL_DAYS), {
      device: ["requests", "bytes"],
      cold: ["bytes"],
      warm: [],
    })),
    ...gapFigures(file),
  ];
}

/** What reading the gaps between row groups costs, and saves. */
function gapFigures(file: Uint8Array): Figure[] {
  const index = indexFooter(file, file.length);
  const { fromMs, toMs } = spanOf(SITE, 1);
  const utf8 = new TextEncoder();
  return [10, 100].flatMap((points) => {
    const names = spread(NAMES, points).map((name) => utf8.encode(name));
    const chunks = pruneGroups(index, names, fromMs, toMs).flatMap(({ group }) =>
      Object.values(index.chunks(group)),
    );
    return [0, 16, 32, 64, 128].map((gapKb) => {
      const ranges = coalesce(chunks, gapKb * KB, Number.POSITIVE_INFINITY);
      const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
      return told(`${points} points, gaps up to ${gapKb} KB read`, `${ranges.length} ranges, ${kb(bytes)}`);
    });
  });
}
