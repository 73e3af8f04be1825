import { dayStartMs } from "../../src/domain/day.ts";
import type { ByteRange } from "../../src/parquet/read/read.ts";
import { sortRun, toBlocks } from "../../src/parquet/run/run.ts";
import { coalesce, GAP_BYTES_MAX } from "../../src/query/cold/cold.ts";
import { tableLines } from "../../terminal/terminal.ts";
import { MemoryBlocks } from "../../test/support/parquet/encode-day.ts";
import { madeUpNames, madeUpRuns } from "../data/made-up-day.ts";
import { FIRST_DAY, spread } from "../data/query-archive.ts";
import { type Written, writePaged, writerRows, writeWhole } from "./layout-files.ts";
import { layoutOf, type Wanted, wantedOf } from "./layout-pages.ts";
import { KB } from "./query-runs.ts";

const WHOLE = [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];
const PAGED = [10_000, 50_000, 100_000];
const DEFAULT = 10_000;
/** Before they are packed: 1,000 times or plain values, 2,000 rows of a column with a dictionary. */
const PAGE_BYTES = 8_000;
const POINTS_ASKED = 29;

/**
 * One day in layouts of row groups and pages: what its file, footer and index take, and what a reader would ask for,
 * by the file's own metadata and by the rule that joins neighbouring ranges. Printed as a table; it has no bounds.
 */
export function printLayouts(title: string, points: number, samples: number): void {
  const dayStart = dayStartMs(FIRST_DAY);
  const names = madeUpNames(points);
  const spec = { site: "ses_falls_city", dayStartMs: dayStart, names };
  const blocks = new MemoryBlocks();
  for (const run of madeUpRuns({ samples, points, dayStartMs: dayStart, seed: 1 })) {
    blocks.add(toBlocks(sortRun(run), dayStart * 1000, points));
  }
  const rows = writerRows(spec, blocks, samples);
  const whole = (size: number) => cheapest(() => writeWhole(spec, blocks, size));
  const paged = (size: number, pageBytes: number) => cheapest(() => writePaged(rows, size, pageBytes));
  const [today, writer] = [whole(DEFAULT), paged(DEFAULT, 0)];
  const line = (layout: string, written: Written, cpuOf: Written) => [
    layout,
    ...figuresOf(written.bytes, names),
    (written.cpuSeconds / cpuOf.cpuSeconds).toFixed(2),
  ];
  const lines = [
    ...WHOLE.map((size) => line(`${size}`, size === DEFAULT ? today : whole(size), today)),
    line(`${DEFAULT}, less statistics`, writer, writer),
    ...PAGED.map((size) => line(`${size}, small pages`, paged(size, PAGE_BYTES), writer)),
  ];
  console.log(`\n${title}: ${samples} samples of ${points} points. KB / requests; "rows" are decoded`);
  const titles = ["row groups of", "file KB", "footer", "index", "1 cold", "1 warm", "rows", "10 near cold"];
  titles.push("warm", "10 spread cold", "warm", "rows", "CPU");
  const columns = titles.map((text, at) => ({
    title: text,
    align: at === 0 ? ("left" as const) : ("right" as const),
  }));
  for (const text of tableLines(columns, lines, { width: 200 })) console.log(text);
}

/** Of three runs: the first pays for compiling what all run, and others for what the machine does beside. */
function cheapest(write: () => Written): Written {
  const [first, ...others] = [write(), write(), write()] as const;
  return others.reduce((least, run) => (run.cpuSeconds < least.cpuSeconds ? run : least), first);
}

function figuresOf(file: Uint8Array, names: readonly string[]): string[] {
  const layout = layoutOf(file);
  const utf8 = new TextEncoder();
  const ask = (points: readonly string[]) =>
    wantedOf(
      layout,
      points.map((name) => utf8.encode(name)),
    );
  const first = names.indexOf(spread(names, 1)[0] as string);
  const costs = [
    spread(names, POINTS_ASKED).map((name) => ask([name])),
    [ask(names.slice(first, first + 10))],
    [ask(spread(names, 10))],
  ].map((asked) => costOf(asked, layout.footerBytes));
  const [one, near, far] = costs as [Cost, Cost, Cost];
  return [
    ...[file.length, layout.footerBytes, layout.indexBytes].map((bytes) => kilobytes(bytes)),
    one.cold,
    one.warm,
    one.rows,
    near.cold,
    near.warm,
    far.cold,
    far.warm,
    far.rows,
  ];
}

interface Cost {
  readonly cold: string;
  readonly warm: string;
  readonly rows: string;
}

/** The mean of several askings. Cold: the footer, the indexes of the row groups that can hold the points, the pages. */
function costOf(asked: readonly Wanted[], footerBytes: number): Cost {
  const mean = (of: (wanted: Wanted) => number) =>
    asked.reduce((sum, wanted) => sum + of(wanted), 0) / asked.length;
  const joined = (ranges: readonly ByteRange[]) => coalesce(ranges, GAP_BYTES_MAX, Number.POSITIVE_INFINITY);
  const bytes = (ranges: readonly ByteRange[]) => joined(ranges).reduce((sum, { length }) => sum + length, 0);
  const warm = [mean(({ pages }) => bytes(pages)), mean(({ pages }) => joined(pages).length)] as const;
  const more = [
    mean(({ indexes }) => bytes(indexes)),
    mean(({ indexes }) => joined(indexes).length),
  ] as const;
  const shown = (size: number, requests: number) => `${kilobytes(size)} / ${requests.toFixed(1)}`;
  return {
    cold: shown(footerBytes + more[0] + warm[0], 1 + more[1] + warm[1]),
    warm: shown(...warm),
    rows: mean(({ rows }) => rows).toFixed(0),
  };
}

const kilobytes = (bytes: number) => (bytes < 100 * KB ? (bytes / KB).toFixed(1) : (bytes / KB).toFixed(0));
