import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { daysOf, utcDayOf } from "../../../src/domain/day.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import { formatBytes, formatCount } from "../../../terminal/terminal.ts";
import {
  FIRST_DAY,
  REFERENCE_NAMES,
  REFERENCE_SAMPLES,
  SMALL_SITE,
  writeDay,
  writeSmallDays,
} from "../../data/data.ts";
import {
  atMost,
  type Figure,
  KB,
  type MeasureSection,
  mustBe,
  type Section,
  type Table,
  temporaryFolder,
} from "../../measure/measure.ts";
import { type ReaderCost, sameRows } from "./answer.ts";
import { DAYS, type QueryCase, queryCases, REFERENCE_SITE } from "./cases.ts";
import { type OurCosts, readOurs } from "./ours.ts";
import type { Rival, RivalRequest } from "./rival.ts";
import { writeSmallRollups } from "./small-rollups.ts";

const ROW_GROUP_SIZE = 10_000;
/** Of a few small days, footers are most of what is read: we read the end of a file before we know the footer's length. */
const BYTES_MAX = 1.05;
/** CPU of a year of one point. */
const YEAR_SECONDS_MAX = 3;
const RIVALS: readonly Rival[] = ["duckdb", "hyparquet", "scan"];

/** A case, and what each reader took for it. */
interface Compared extends OurCosts {
  readonly of: QueryCase;
  readonly rivals: Readonly<Record<Rival, ReaderCost>>;
}

/** Queries by the Query Worker's own code, and by three other readers of the same files. */
export const querySection: MeasureSection = async (run, { quick }) => {
  const folder = temporaryFolder(run);
  const archive = { folder, rowGroupSize: ROW_GROUP_SIZE };
  const days = quick ? DAYS.quick : DAYS.full;
  console.log(`… writing a full day and ${days} small days`);
  writeDay(archive, REFERENCE_SITE, FIRST_DAY, REFERENCE_NAMES, REFERENCE_SAMPLES, 1);
  writeSmallDays(archive, days);
  await writeSmallRollups(archive, days);
  const compared: Compared[] = [];
  for (const of of queryCases(quick)) {
    console.log(`… ${of.name}, out of ${of.from}`);
    // The rivals' answer is that of the same query over day files.
    const before = compared.find(({ of: { name } }) => name === of.name);
    compared.push({ of, ...(await readOurs(folder, of)), rivals: before?.rivals ?? rivalsOf(folder, of) });
  }
  return sectionOf(compared);
};

function rivalsOf(folder: string, { site, points, fromMs, toMs, widthMs }: QueryCase): Compared["rivals"] {
  const files = daysOf(utcDayOf(fromMs), utcDayOf(toMs - 1)).map((day) => join(folder, objectKey(site, day)));
  const script = join(import.meta.dirname, "rival.ts");
  const costOf = (rival: Rival): ReaderCost => {
    const warmUp = join(folder, objectKey(SMALL_SITE, FIRST_DAY));
    const request: RivalRequest = { rival, warmUp, files, points, fromMs, toMs, widthMs };
    const args = [SCAN_HEAP, script, JSON.stringify(request)];
    return JSON.parse(
      execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
    );
  };
  return { duckdb: costOf("duckdb"), hyparquet: costOf("hyparquet"), scan: costOf("scan") };
}

/** A scan has all rows of a full day as objects. */
const SCAN_HEAP = "--max-old-space-size=6000";

function sectionOf(compared: readonly Compared[]): Section {
  const same = compared.filter(({ cold, warm, rivals }) =>
    sameRows(cold, [warm, ...RIVALS.map((rival) => rivals[rival])]),
  );
  return {
    tables: [
      tableOf("Requests", compared, ({ requests }) => requests, formatCount),
      tableOf("Bytes", compared, ({ bytes }) => bytes, formatBytes),
      tableOf(
        "CPU",
        compared,
        ({ cpuSeconds }) => cpuSeconds * 1_000,
        (ms) => `${ms.toFixed(0)} ms`,
      ),
    ],
    figures: [
      mustBe(
        "rows, times and values of all readers",
        `${same.length} of ${compared.length} queries`,
        same.length === compared.length,
      ),
      ...compared.flatMap(figuresOf),
    ],
  };
}

function tableOf(
  title: string,
  compared: readonly Compared[],
  of: (cost: ReaderCost) => number,
  shown: (value: number) => string,
): Table {
  return {
    title,
    columns: [
      ...["query", "rows", "ours out of", "cold", "warm"],
      ...["DuckDB", "hyparquet", "scan", "cold ÷ DuckDB"],
    ],
    rows: compared.map(({ of: { name, from }, cold, warm, rivals }) => [
      name,
      formatCount(cold.rows),
      from,
      ...[cold, warm, ...RIVALS.map((rival) => rivals[rival])].map((cost) => shown(of(cost))),
      (of(cold) / of(rivals.duckdb)).toPrecision(2),
    ]),
  };
}

/** The promises for one point, and for the bytes of any query beside DuckDB's. */
function figuresOf({ of, cold, warm, rivals: { duckdb } }: Compared): Figure[] {
  const name = of.from === "roll-ups" ? `${of.name}, out of roll-ups` : of.name;
  const ofDuckdb = atMost(`${name}: bytes, cold ÷ DuckDB's`, cold.bytes / duckdb.bytes, BYTES_MAX);
  if (of.points.length > 1) return [ofDuckdb];
  if (of.days > 1) {
    return [
      atMost(`${name}: requests a day, cold`, cold.requests / of.days, 2),
      atMost(`${name}: requests a day, warm`, warm.requests / of.days, 1),
      atMost(`${name}: CPU, cold`, cold.cpuSeconds, YEAR_SECONDS_MAX, " s"),
      ofDuckdb,
    ];
  }
  return [
    atMost(`${name}: requests, cold`, cold.requests, 3),
    atMost(`${name}: requests, warm`, warm.requests, 2),
    atMost(`${name}: bytes, cold`, cold.bytes / KB, 256, " KB"),
    atMost(`${name}: bytes, warm`, warm.bytes / KB, 80, " KB"),
    ofDuckdb,
  ];
}
