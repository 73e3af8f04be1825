import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { SiteName } from "../../src/domain/site.ts";
import { type BenchArchive, WARM_UP } from "../data/query-archive.ts";
import { atMost, type Figure, mib, mustBe, told } from "../run/verdict.ts";
import type { PointsFigures } from "./points-run.ts";

/** Listing the points of a day, for which its file is read whole. */
export function pointFigures({ folder }: BenchArchive, site: SiteName): Figure[] {
  const [ours, duckdb] = (["ours", "duckdb"] as const).map((who) => {
    const script = join(import.meta.dirname, "points-run.ts");
    const line = execFileSync(process.execPath, [script, who, folder, WARM_UP, site], { encoding: "utf8" });
    return JSON.parse(line) as PointsFigures;
  }) as [PointsFigures, PointsFigures];
  // Garbage included, of which Node lets more lie than a Worker's isolate does.
  const shown = ({ cpuSeconds, peakBytes }: PointsFigures) =>
    `${(cpuSeconds * 1000).toFixed(0)} ms CPU, ${mib(peakBytes)} of memory`;
  const same =
    ours.points === duckdb.points && ours.samples === duckdb.samples && ours.times === duckdb.times;
  return [
    mustBe("points of the day", `${ours.points} points of ${ours.samples} samples`, same),
    told("points of the day", shown(ours)),
    told("points of the day, DuckDB", shown(duckdb)),
    atMost("points of the day, CPU, of DuckDB's", ours.cpuSeconds / duckdb.cpuSeconds, 4),
  ];
}
