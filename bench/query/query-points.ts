import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { SiteName } from "../../src/domain/site.ts";
import {
  type BenchArchive,
  FIRST_DAY,
  REFERENCE_NAMES,
  REFERENCE_SAMPLES,
  WARM_UP,
  writeDay,
} from "../data/data.ts";
import { atMost, type Figure, mib, mustBe, report } from "../measure/measure.ts";
import type { PointsFigures } from "./query-points-run.ts";

const SITE = "ses_falls_city" as SiteName;

/** Listing the points of a day, for which the whole file is read. */
export function pointFigures(archive: BenchArchive): Figure[] {
  const { folder } = archive;
  writeDay(archive, SITE, FIRST_DAY, REFERENCE_NAMES, REFERENCE_SAMPLES, 1);
  const [ours, duckdb] = (["ours", "duckdb"] as const).map((reader) => {
    const script = join(import.meta.dirname, "query-points-run.ts");
    const line = execFileSync(process.execPath, [script, reader, folder, WARM_UP, SITE], {
      encoding: "utf8",
    });
    return JSON.parse(line) as PointsFigures;
  }) as [PointsFigures, PointsFigures];
  // With garbage, of which Node keeps more than a Worker's isolate does.
  const shown = ({ cpuSeconds, peakBytes }: PointsFigures) =>
    `${(cpuSeconds * 1000).toFixed(0)} ms CPU, ${mib(peakBytes)} of memory`;
  const same =
    ours.points === duckdb.points && ours.samples === duckdb.samples && ours.times === duckdb.times;
  return [
    mustBe("points of the day", `${ours.points} points of ${ours.samples} samples`, same),
    report("points of the day", shown(ours)),
    report("points of the day, DuckDB", shown(duckdb)),
    atMost("points of the day, CPU ÷ DuckDB's", ours.cpuSeconds / duckdb.cpuSeconds, 4),
  ];
}
