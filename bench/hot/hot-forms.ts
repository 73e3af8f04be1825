/**
 * Forms of hot storage side by side: `npm run bench:hot-forms [-- --only forms|transport --irregular 5000]`.
 *
 * A made-up reference day in SQLite, as D1 stores it: rows written by the syncs of six hours, times four, and for the day's
 * deletion; bytes a sample of the whole day; and what queries read of it. Every other point's times are up to
 * `irregular` milliseconds off (default 0). Ends with 1 where the chosen form exceeds a bound.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { tableLines } from "../../terminal/terminal.ts";
import { atMost, type Figure, runParts } from "../measure/measure.ts";
import { Blocks, type Form, type ReadCost, SampleRows } from "./forms.ts";
import { type MadeUpSamples, madeUpSamples, POINTS } from "./made-up-hours.ts";
import { readingsOf } from "./sync-schedule.ts";
import { transportFigures } from "./transport/transport.ts";

const { values } = parseArgs({
  options: { irregular: { type: "string", default: "0" }, only: { type: "string" } },
});
const SYNCED_HOURS = 6;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Points of a block by the hour, and of a window. */
const SIZES = [16, 32, 64, 128, 256];
const CHOSEN = 64;
const WINDOW_POINTS = 256;
const REPEATS = 15;

interface Measured {
  readonly form: Form;
  readonly rowsWritten: number;
  readonly bytesASample: number;
  readonly pointDay: ReadCost & { ms: number };
}

async function measureAll(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-hot-"));
  try {
    const part = madeUpSamples(SYNCED_HOURS, Number(values.irregular));
    const day = madeUpSamples(24, Number(values.irregular));
    const forms: ((folder: string) => Form)[] = [
      (at) => new SampleRows(at),
      (at) => new Blocks(at, 1),
      ...SIZES.map((size) => (at: string) => new Blocks(at, size, WINDOW_POINTS)),
    ];
    const rows: string[][] = [];
    const measured: Measured[] = [];
    for (const open of forms) {
      const one = measure(open, folder, part, day, rows);
      measured.push(one);
    }
    const columns = ["form", "rows a day", "B/sample", "point-day", "10 points", "latest 10", "20 days 1hr"];
    console.log(`\n${day.length} samples a day of ${POINTS} points, irregular by ${values.irregular} ms`);
    const heads = columns.map((title, at) => ({
      title,
      align: at === 0 ? ("left" as const) : ("right" as const),
    }));
    for (const line of tableLines(heads, rows, { width: 140 })) console.log(line);
    const chosenName = `blocks of ${CHOSEN} points`;
    const chosen = measured.find(({ form }) => form.name === chosenName);
    if (!chosen) throw new Error("the chosen form was not measured");
    return [
      atMost("rows written a day", chosen.rowsWritten, 50_000),
      atMost("bytes a sample", chosen.bytesASample, 5),
      atMost("MB on the wire of a point-day", chosen.pointDay.wireBytes / 1e6, 2),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measure(
  open: (folder: string) => Form,
  folder: string,
  part: MadeUpSamples,
  day: MadeUpSamples,
  rows: string[][],
): Measured {
  const synced = open(mkdtempSync(join(folder, "synced-")));
  let written = 0;
  for (const reading of readingsOf(SYNCED_HOURS)) written += synced.store(part, reading);
  const rowsWritten = Math.round(((written + synced.leaving()) * 24) / SYNCED_HOURS);
  synced.close();

  const form = open(mkdtempSync(join(folder, "day-")));
  for (let hour = 0; hour < 24; hour += 1) {
    const span = { fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS };
    form.store(day, { level: "hour", ...span, atMs: 2 * DAY_MS });
  }
  const bytesASample = form.bytes() / day.length;
  const ten = Array.from({ length: 10 }, (_, nth) => Math.floor((nth * POINTS) / 10) + 7);
  const pointDay = timed(() => form.read([1234], 0, DAY_MS));
  const tenPoints = timed(() => form.read(ten, 0, DAY_MS));
  const latest = timed(() => form.latest(ten, DAY_MS));
  // A day is read twenty times: twenty made-up days would be the same.
  const twenty = {
    ...pointDay,
    ms: pointDay.ms * 20,
    wireBytes: pointDay.wireBytes * 20,
    rows: pointDay.rows * 20,
  };
  form.close();
  rows.push([
    form.name,
    rowsWritten.toLocaleString("en"),
    bytesASample.toFixed(2),
    ...[pointDay, tenPoints, latest, twenty].map(shown),
  ]);
  return { form, rowsWritten, bytesASample, pointDay };
}

function timed(read: () => ReadCost): ReadCost & { ms: number } {
  let best = Number.POSITIVE_INFINITY;
  let cost = read();
  for (let nth = 0; nth < REPEATS; nth += 1) {
    const began = performance.now();
    cost = read();
    // The quickest counts: other work of the machine only adds time.
    best = Math.min(best, performance.now() - began);
  }
  return { ...cost, ms: best };
}

const shown = ({ ms, wireBytes }: { ms: number; wireBytes: number }) =>
  `${ms.toFixed(1)} ms, ${(wireBytes / 1e6).toFixed(2)} MB`;

await runParts(
  {
    forms: { title: `Blocks of ${CHOSEN} points by the hour`, figures: measureAll },
    transport: { title: "Bytes between D1 and a Worker, on workerd", figures: transportFigures },
  },
  values.only,
);
