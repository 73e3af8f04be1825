import { addDays } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { indexFooter } from "../../src/parquet/read/read.ts";
import { coalesce, pruneGroups } from "../../src/query/cold/cold.ts";
import {
  type BenchArchive,
  FIRST_DAY,
  REFERENCE_NAMES,
  REFERENCE_SAMPLES,
  spanOf,
  spread,
  writeDay,
} from "../data/data.ts";
import { atMost, type Figure, KB, kb, mustBe, report } from "../measure/measure.ts";
import { pointFigures } from "./query-points.ts";
import { type Cost, costs, readArchive, readByRival, same } from "./query-runs.ts";
import { tenPointFigures } from "./query-ten.ts";

const SITE = "ses_falls_city" as SiteName;
/** So many that the first day, whose footer needs an extra request, does not dominate. */
const FULL_DAYS = 4;

/** Full days of the reference site: one point of one day, the list of points, and ten points of some days. */
export async function fullDayFigures(archive: BenchArchive): Promise<Figure[]> {
  const days = Array.from({ length: FULL_DAYS }, (_, at) => addDays(FIRST_DAY, at));
  const [file] = days.map((day, at) =>
    writeDay(archive, SITE, day, REFERENCE_NAMES, REFERENCE_SAMPLES, at + 1),
  );
  if (!file) throw new Error("no day was written");

  const oneDay = { ...spanOf(SITE, 1), points: spread(REFERENCE_NAMES, 1) };
  const all: { cold: Cost; warm: Cost }[] = [];
  // Points of every kind, at different positions in their row groups.
  for (const point of spread(REFERENCE_NAMES, 29)) {
    all.push(await readArchive(archive.folder, { ...oneDay, points: [point] }));
  }
  const most = (of: (costs: { cold: Cost; warm: Cost }) => number) => Math.max(...all.map(of));
  const ours = await readArchive(archive.folder, oneDay);
  const duckdb = await readByRival("duckdb", archive, oneDay);
  const hyparquet = await readByRival("hyparquet", archive, oneDay);

  return [
    report("a file", kb(file.length)),
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
    report("cold", costs(ours.cold)),
    report("warm", costs(ours.warm)),
    report("DuckDB", costs(duckdb)),
    report("plain hyparquet", costs(hyparquet)),
    ...pointFigures(archive, SITE),
    // Spread points are in ten of a day's 375 row groups, far from each other: with the footers known that is ten times
    // the work of one point. CPU and time of so few days are too short for a bound.
    ...(await tenPointFigures(archive, REFERENCE_NAMES, spanOf(SITE, FULL_DAYS), {
      device: ["requests", "bytes"],
      cold: ["bytes"],
      warm: [],
    })),
    ...gapFigures(file),
  ];
}

/** Requests and bytes when gaps between row groups are read too. */
function gapFigures(file: Uint8Array): Figure[] {
  const index = indexFooter(file, file.length);
  const { fromMs, toMs } = spanOf(SITE, 1);
  const utf8 = new TextEncoder();
  return [10, 100].flatMap((points) => {
    const names = spread(REFERENCE_NAMES, points).map((name) => utf8.encode(name));
    const chunks = pruneGroups(index, names, fromMs, toMs).flatMap(({ group }) =>
      Object.values(index.chunks(group)),
    );
    return [0, 16, 32, 64, 128].map((gapKb) => {
      const ranges = coalesce(chunks, gapKb * KB, Number.POSITIVE_INFINITY);
      const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
      return report(`${points} points, gaps up to ${gapKb} KB read`, `${ranges.length} ranges, ${kb(bytes)}`);
    });
  });
}
