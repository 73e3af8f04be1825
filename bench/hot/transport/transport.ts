/** What it takes to bring blocks from D1 into a Worker and back, by the form of the bytes, on workerd. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWorker } from "../../../local/stack/stack.ts";
import type { CommandRun } from "../../../terminal/terminal.ts";
import { type Figure, report, workerdFigures } from "../../measure/measure.ts";

/** A point's day, in hours of the chosen size, and ten points' day. */
const SHAPES = [
  { title: "24 blocks of 4 KB", query: "blocks=24&bytes=4000" },
  { title: "240 blocks of 4 KB", query: "blocks=240&bytes=4000" },
];

const FORMS = [
  ["nothing", "a statement without rows"],
  ["rows", "817 rows a sample"],
  ["array", "BLOB, as an array of numbers"],
  ["hex", "hex(data)"],
  ["base64", "base64 as TEXT"],
  ["put-array", "write: BLOB parameters"],
  ["put-hex", "write: one parameter, unhex"],
] as const;

const WARM_UP = 10;
const REPEATS = 40;

export async function transportFigures(run: CommandRun): Promise<Figure[]> {
  const stateDir = mkdtempSync(join(tmpdir(), "bench-hot-transport-"));
  run.onEnd(() => rmSync(stateDir, { recursive: true, force: true }));
  const toml = "../bench/hot/transport/wrangler.toml";
  const worker = await startWorker({ toml, stateDir, vars: {}, signal: run.signal });
  const figures: Figure[] = [];
  try {
    for (const { title, query } of SHAPES) {
      await get(`${worker.url}/fill?${query}`);
      for (const [path, what] of FORMS) {
        const url = `${worker.url}/${path}?${query}`;
        for (let nth = 0; nth < WARM_UP; nth += 1) await get(url);
        const cpuBefore = workerdFigures(worker.pid).cpuSeconds;
        const times: number[] = [];
        for (let nth = 0; nth < REPEATS; nth += 1) times.push(await get(url));
        const cpuMs = ((workerdFigures(worker.pid).cpuSeconds - cpuBefore) * 1_000) / REPEATS;
        const medianMs = times.sort((a, b) => a - b)[REPEATS >> 1] as number;
        figures.push(report(`${title}: ${what}`, `${medianMs.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of CPU`));
      }
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
