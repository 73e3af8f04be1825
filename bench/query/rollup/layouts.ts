import { join } from "node:path";
import type { BucketField, BucketSeries } from "../../../src/domain/buckets.ts";
import { addDays, daysBetween, daysOf, type UtcDay } from "../../../src/domain/day.ts";
import type { ObjectKey } from "../../../src/domain/layout.ts";
import { periodOf } from "../../../src/domain/rollup.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import {
  decodeRollupGroup,
  HOUR_KEYS,
  indexBytesOf,
  RollupIndex,
} from "../../../src/parquet/rollup/rollup.ts";
import type { ArchiveReader } from "../../../src/ports/archive.ts";
import { withMeter, withRequestsInFlight } from "../../../src/query/archive-requests.ts";
import { bytesIn, coalesce, endOf, READS_IN_FLIGHT_MAX, readEnd } from "../../../src/query/cold/cold.ts";
import { newMeter } from "../../../src/query/cost.ts";
import {
  type BenchArchive,
  FIRST_DAY,
  FileArchive,
  FULL_YEAR_POINTS,
  REFERENCE_NAMES,
  spread,
  writeRollup,
} from "../../data/data.ts";
import { type Figure, kb, report } from "../../measure/measure.ts";
import { VirtualLatency } from "./virtual-latency.ts";

const SITE = "ses_layouts" as SiteName;
const LATENCY_MS = 50;
/** As the Query Worker's source. */
const END_BYTES = 128 * 1024;
const GAP_BYTES = 64 * 1024;
const FIELDS: readonly BucketField[] = ["count", "sum", "min", "max"];
const POINTS = [1, 20] as const;

/** Other lengths of a file and of its row groups: what a year of averages costs, without the merging into buckets. */
export async function layoutFigures(
  { folder }: BenchArchive,
  days: number,
  hoursOf: (point: number) => BucketSeries,
  wanted: ReadonlySet<number>,
  dayBytes: number,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const months of [1, 3, 12]) {
    for (const groupRows of [2_500, 5_000, 10_000]) {
      const files = filesOf(months, days).map(({ first, days: length }) => {
        const key = `layouts/${months}/${groupRows}/${first}.parquet` as ObjectKey;
        const layout = {
          site: SITE,
          first,
          days: length,
          names: REFERENCE_NAMES,
          groupRows,
          wanted,
          hoursOf,
        };
        return { key, bytes: writeRollup(join(folder, key), layout, periodOf(first, "1hr")) };
      });
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      const costs = [`${((100 * bytes) / (dayBytes * days)).toFixed(1)} % of the day files`];
      for (const points of POINTS) {
        const names = spread(FULL_YEAR_POINTS, points);
        const latency = new VirtualLatency(LATENCY_MS);
        await read(latency.around(new FileArchive(folder)), files, names);
        const waitedSeconds = latency.elapsedSeconds;
        const near = await read(new FileArchive(folder), files, names);
        const cpu = `${(near.cpuSeconds * 1000).toFixed(0)} ms CPU`;
        costs.push(
          `${points}: ${near.requests} requests, ${kb(near.bytes)}, ${cpu}, ${(waitedSeconds + near.cpuSeconds).toFixed(2)} s`,
        );
      }
      figures.push(
        ...costs.map((cost, at) =>
          report(at === 0 ? `files of ${months} months, row groups of ${groupRows}` : "…", cost),
        ),
      );
    }
  }
  return figures;
}

function filesOf(months: number, days: number): { first: UtcDay; days: number }[] {
  const end = addDays(FIRST_DAY, days);
  const firsts = daysOf(FIRST_DAY, addDays(end, -1)).filter(
    (day) => day.endsWith("-01") && (Number(day.slice(5, 7)) - 1) % months === 0,
  );
  return firsts.map((first, at) => ({ first, days: daysBetween(first, firsts[at + 1] ?? end) }));
}

/** Reads the hours of the points out of each file, all files at once, with six requests in flight. */
async function read(store: ArchiveReader, files: readonly { key: ObjectKey }[], points: readonly string[]) {
  const meter = newMeter();
  const { signal } = new AbortController();
  const archive = withRequestsInFlight(withMeter(store, meter), READS_IN_FLIGHT_MAX, signal);
  const names = points.map((name) => new TextEncoder().encode(name));
  const before = process.cpuUsage();
  const rows = await Promise.all(files.map(({ key }) => readFile(archive, key, names)));
  const { user, system } = process.cpuUsage(before);
  const hours = rows.flat().reduce((sum, count) => sum + count, 0);
  if (hours !== points.length * 24 * Math.round(hours / 24 / points.length))
    throw new Error("hours are missing");
  return {
    requests: meter.r2Requests,
    bytes: meter.bytesRead,
    cpuSeconds: (user + system) / 1e6,
  };
}

async function readFile(
  archive: ArchiveReader,
  key: ObjectKey,
  names: readonly Uint8Array[],
): Promise<number[]> {
  const format = { bytesOf: indexBytesOf, parse: RollupIndex.read };
  const end = await readEnd(archive, key, END_BYTES, format);
  if (!end || end === "changed" || end === "unchanged") throw new Error(`${key} is missing`);
  const { index, etag } = end;
  const groups = Map.groupBy(names, (name) => index.find(name)[0]);
  const wanted = [...groups].map(([group, here]) => {
    if (group === undefined) throw new Error("a point is missing");
    const chunks = index.chunks(group, HOUR_KEYS);
    const { offset } = chunks.timestamp;
    return { group, here, range: { offset, length: endOf(chunks.max) - offset } };
  });
  const ranges = coalesce(
    wanted.map(({ range }) => range),
    GAP_BYTES,
    Number.POSITIVE_INFINITY,
  );
  const counts = await Promise.all(
    ranges.map(async (range) => {
      const part = await archive.read(key, range, { ifMatch: etag });
      if (!part?.bytes) throw new Error(`${key} was replaced`);
      const bytesAt = bytesIn([{ offset: range.offset, bytes: part.bytes }]);
      return wanted
        .filter(({ range: own }) => own.offset >= range.offset && endOf(own) <= endOf(range))
        .flatMap(({ group, here }) =>
          decodeRollupGroup(
            { rows: index.rows(group), chunks: index.chunks(group, HOUR_KEYS), bytesAt },
            here,
            FIELDS,
          ),
        )
        .map(({ ms }) => ms.length);
    }),
  );
  return counts.flat();
}
