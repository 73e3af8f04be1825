import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type QueryMetadata, ROWS_DEFAULT } from "../../src/contract/query.ts";
import { addDays, DAY_MS, dayStartMs, daysOf, type UtcDay } from "../../src/domain/day.ts";
import { type ObjectKey, objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import type { ArchiveReader } from "../../src/ports/archive.ts";
import { answerQuery } from "../../src/query/answer/answer.ts";
import { ColdSource, Footers } from "../../src/query/cold/cold.ts";
import { newMeter } from "../../src/query/cost.ts";
import { archivedSamples } from "../../src/query/fill-gaps.ts";
import { KnownRollups, rollupSources } from "../../src/query/rollup/rollup.ts";
import type { SampleQuery, SampleSource } from "../../src/query/source.ts";
import { bucketSource } from "../../src/query/source.ts";
import { FIRST_DAY, FileArchive, REFERENCE_NAMES, ShiftedFile, spread, withLatency } from "../data/data.ts";
import { type Figure, KB, mustBe, report } from "../measure/measure.ts";
import { type MonthFile, measureMonth } from "./month-layout.ts";
import { MonthSource } from "./month-source.ts";
import { writeRollups } from "./rollup-month.ts";

/** About the time of a request to R2 from a Worker. */
const LATENCY_MS = 50;
const YEAR_DAYS = 366;
const POINTS = spread(REFERENCE_NAMES, 20);

/** A year of one point and of 20 points, from day files, from raw roll-ups, and from months in other layouts. */
export async function readingFigures(
  folder: string,
  site: SiteName,
  days: readonly UtcDay[],
  months: readonly MonthFile[],
): Promise<Figure[]> {
  writeYear(folder, site, days, months);
  await writeRollups(folder, site, {
    first: days,
    last: addDays(FIRST_DAY, YEAR_DAYS - 1),
    points: POINTS,
  });
  const archive = new FileArchive(folder);
  const monthKey = (file: MonthFile) => (month: string) => keyOf(file, month);
  const sources: { title: string; open: (latencyMs: number) => SampleSource }[] = [
    {
      title: "day files",
      open: (latencyMs) => dayFilesOver(far(archive, latencyMs)),
    },
    { title: "raw roll-ups", open: (latencyMs) => rollupsOver(far(archive, latencyMs)) },
    ...months.map((file) => {
      const { footerBytes } = measureMonth(file);
      const open = (latencyMs: number) =>
        new MonthSource(far(archive, latencyMs), monthKey(file), footerBytes);
      return { title: `${file.title}, by the footer`, open };
    }),
  ];
  const results: Figure[] = [];
  for (const points of [POINTS.slice(0, 1), POINTS]) {
    const query = {
      site,
      points,
      fromMs: dayStartMs(FIRST_DAY),
      toMs: dayStartMs(FIRST_DAY) + YEAR_DAYS * DAY_MS,
    };
    let days: Both | undefined;
    let pages: PagedCost | undefined;
    for (const { title, open } of sources) {
      const read = await readBoth(open, query);
      days ??= read;
      const [cold, warm] = [costLine(read.cold, days.cold), costLine(read.warm, days.warm)];
      const paged = await pagesOf(open(0), query);
      pages ??= paged;
      results.push(
        mustBe(`${points.length} points, ${title}`, `${read.cold.samples} samples`, same(read, days)),
        report("  nothing known", cold),
        report("  indexes known", warm),
        report(`  in ${paged.pages} pages of ${ROWS_DEFAULT} rows, indexes known`, pagesLine(paged, pages)),
      );
    }
  }
  return results;
}

/** What a client costs that reads the answer page by page, after a first reader. */
interface PagedCost {
  readonly pages: number;
  readonly requests: number;
  readonly cpuSeconds: number;
}

async function pagesOf(samples: SampleSource, query: SampleQuery): Promise<PagedCost> {
  await readOnce(samples, query);
  const onFault = (fault: unknown) => {
    throw fault;
  };
  const parts = {
    samples,
    buckets: bucketSource(samples),
    clock: { now: () => 0 },
    onFault,
    onCancel: () => undefined,
  };
  const before = process.cpuUsage();
  let [pages, requests] = [0, 0];
  for (let cursor: string | null | undefined; cursor !== null; pages++) {
    const asked = {
      site_name: query.site,
      point_names: [...query.points],
      start_time: query.fromMs,
      end_time: query.toMs,
      interval: "raw" as const,
      limit: ROWS_DEFAULT,
      cursor,
    };
    const body = await answerQuery(asked, "ndjson", parts);
    if ("fault" in body) throw new Error(body.fault);
    let last = "";
    for await (const chunk of body.pipeThrough(new TextDecoderStream()))
      last = (last + chunk).slice(-LINE_MAX);
    const { metadata } = JSON.parse(last.trimEnd().split("\n").at(-1) ?? "") as { metadata: QueryMetadata };
    requests += metadata.r2_requests;
    cursor = metadata.next_cursor;
  }
  const { user, system } = process.cpuUsage(before);
  return { pages, requests, cpuSeconds: (user + system) / 1e6 };
}

/** More than the last line of an answer has. */
const LINE_MAX = 20_000;

const pagesLine = (cost: PagedCost, days: PagedCost) =>
  `${cost.requests} requests (÷ ${(days.requests / cost.requests).toFixed(1)}), ${cost.cpuSeconds.toFixed(1)} s CPU with the text of the answer (÷ ${(days.cpuSeconds / cost.cpuSeconds).toFixed(1)})`;

interface Cost {
  readonly requests: number;
  readonly bytes: number;
  readonly cpuSeconds: number;
  readonly elapsedSeconds: number;
  readonly samples: number;
  readonly sum: number;
}
interface Both {
  readonly cold: Cost;
  readonly warm: Cost;
}

const costLine = (cost: Cost, days: Cost) =>
  [
    `${cost.requests} requests (÷ ${(days.requests / cost.requests).toFixed(1)})`,
    `${Math.round(cost.bytes / KB)} KB (÷ ${(days.bytes / cost.bytes).toFixed(1)})`,
    `${(cost.cpuSeconds * 1000).toFixed(0)} ms CPU (÷ ${(days.cpuSeconds / cost.cpuSeconds).toFixed(1)})`,
    `${cost.elapsedSeconds.toFixed(2)} s (÷ ${(days.elapsedSeconds / cost.elapsedSeconds).toFixed(1)})`,
  ].join(", ");

const same = ({ cold, warm }: Both, days: Both) =>
  [cold, warm].every(
    ({ samples, sum }) =>
      samples === days.cold.samples && Math.abs(sum - days.cold.sum) < 1e-6 * Math.abs(days.cold.sum),
  );

/** CPU is measured without latency, after a read that compiles the code; the time with latency. */
async function readBoth(open: (latencyMs: number) => SampleSource, query: SampleQuery): Promise<Both> {
  await readOnce(open(0), query);
  const [near, away] = [open(0), open(LATENCY_MS)];
  const nearCold = await readOnce(near, query);
  const nearWarm = await readOnce(near, query);
  const cold = await readOnce(away, query);
  const warm = await readOnce(away, query);
  return {
    cold: { ...nearCold, elapsedSeconds: cold.elapsedSeconds },
    warm: { ...nearWarm, elapsedSeconds: warm.elapsedSeconds },
  };
}

async function readOnce(source: SampleSource, query: SampleQuery): Promise<Cost> {
  const meter = newMeter();
  await sleep(0);
  const startMs = performance.now();
  const before = process.cpuUsage();
  let [samples, sum] = [0, 0];
  for await (const { series } of source.days(query, meter)) {
    for (const { ms, value } of series) {
      samples += value.length;
      for (let row = 0; row < value.length; row++) {
        sum += (value[row] as number) + ((ms[row] as number) - query.fromMs) / 1000;
      }
    }
  }
  const { user, system } = process.cpuUsage(before);
  return {
    requests: meter.r2Requests,
    bytes: meter.bytesRead,
    cpuSeconds: (user + system) / 1e6,
    elapsedSeconds: (performance.now() - startMs) / 1000,
    samples,
    sum,
  };
}

/** The days and months of a year out of those of one month, with the row groups of `POINTS`. */
function writeYear(
  folder: string,
  site: SiteName,
  days: readonly UtcDay[],
  months: readonly MonthFile[],
): void {
  const startMs = dayStartMs(FIRST_DAY);
  const year = [
    ...Map.groupBy(daysOf(FIRST_DAY, addDays(FIRST_DAY, YEAR_DAYS - 1)), (day) => day.slice(0, 7)),
  ];
  const shiftOf = (ofMonth: readonly UtcDay[]) => dayStartMs(ofMonth[0] as UtcDay) - startMs;
  for (const [at, day] of days.entries()) {
    const path = join(folder, objectKey(site, day));
    const file = new ShiftedFile(readFileSync(path), POINTS, dayStartMs(day), DAY_MS);
    for (const [, ofMonth] of year) {
      const shifted = ofMonth[at];
      if (shifted) file.write(join(folder, objectKey(site, shifted)), shiftOf(ofMonth));
    }
  }
  for (const file of months) {
    const shifted = new ShiftedFile(readFileSync(file.path), POINTS, startMs, days.length * DAY_MS);
    for (const [month, ofMonth] of year) {
      shifted.write(join(folder, keyOf(file, month)), shiftOf(ofMonth));
    }
  }
}

const keyOf = (file: MonthFile, month: string) =>
  `${file.path.split("/").at(-1)}/${month}.parquet` as ObjectKey;

/** Raw roll-ups, and day files for what they are not used for, as the Query Worker reads them. */
function rollupsOver(archive: ArchiveReader): SampleSource {
  const onDamaged = (key: string, fault: Error): never => {
    throw new Error(`${key} is damaged: ${fault.message}`, { cause: fault });
  };
  const clock = { sleep: async () => undefined };
  const known = new KnownRollups(() => Date.now());
  const { months } = rollupSources({ archive, known, clock, onDamaged });
  return archivedSamples(months, dayFilesOver(archive));
}

const dayFilesOver = (archive: ArchiveReader) => new ColdSource(archive, new Footers(() => Date.now()));

const far = (archive: FileArchive, latencyMs: number) =>
  latencyMs > 0 ? withLatency(archive, latencyMs) : archive;
