/** What it takes to bring blocks from D1 into a Worker and back, by the form of the bytes, on workerd. */
import { startWorker } from "../../../local/stack/stack.ts";
import type { CommandRun } from "../../../terminal/terminal.ts";
import { atMost, type Figure, report, temporaryFolder, workerdFigures } from "../../measure/measure.ts";

/** A point's day, in hours of the chosen size, and ten points' day. */
const SHAPES = [
  { title: "24 blocks of 8 KB", query: "blocks=24&bytes=8000" },
  { title: "240 blocks of 8 KB", query: "blocks=240&bytes=8000" },
];

const FORMS = [
  ["nothing", "a statement without rows"],
  ["point-day", "a point's day, out of decoded blocks"],
  ["rows", "817 rows a sample"],
  ["array", "BLOB, as an array of numbers"],
  ["hex", "hex(data)"],
  ["base64", "base64 as TEXT"],
  ["put-array", "write: BLOB parameters"],
  ["put-hex", "write: one parameter, unhex"],
] as const;

/** A query of blocks may take so much more than one of rows a sample. */
const BLOCKS_TO_ROWS_MAX = 1.5;

const WARM_UP = 10;
const REPEATS = 40;

export async function transportFigures(run: CommandRun): Promise<Figure[]> {
  const stateDir = temporaryFolder(run);
  const toml = "../bench/hot/transport/wrangler.toml";
  const worker = await startWorker({ toml, stateDir, vars: {}, signal: run.signal });
  const figures: Figure[] = [];
  try {
    for (const { title, query } of SHAPES) {
      await get(`${worker.url}/fill?${query}`);
      const cpuOf = new Map<string, number>();
      for (const [path, what] of FORMS) {
        const url = `${worker.url}/${path}?${query}`;
        for (let nth = 0; nth < WARM_UP; nth += 1) await get(url);
        const cpuBefore = workerdFigures(worker.pid).cpuSeconds;
        const times: number[] = [];
        for (let nth = 0; nth < REPEATS; nth += 1) times.push(await get(url));
        const cpuMs = ((workerdFigures(worker.pid).cpuSeconds - cpuBefore) * 1_000) / REPEATS;
        cpuOf.set(path, cpuMs);
        const medianMs = times.sort((a, b) => a - b)[REPEATS >> 1] as number;
        figures.push(report(`${title}: ${what}`, `${medianMs.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of CPU`));
      }
      const ratio = (cpuOf.get("point-day") ?? 0) / (cpuOf.get("rows") ?? 1);
      figures.push(atMost("a point's day: CPU of blocks ÷ rows a sample", ratio, BLOCKS_TO_ROWS_MAX));
    }
  } finally {
    await worker.stop();
  }
  return figures;
}

async function get(url: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return performance.now() - began;
}
