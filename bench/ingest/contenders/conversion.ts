import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CommandRun } from "../../../terminal/terminal.ts";
import type { SavedDay } from "./saved-day.ts";

/** What turning the saved pages of a day into a file has taken. */
export interface Conversion {
  readonly path: string;
  readonly bytes: number;
  /** User and system, of all threads; without the start of the process. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakRssBytes: number;
}

/** A contender that has no file to show, and why in a few words. */
export interface Failure {
  readonly failed: string;
}

/** The arguments of a contender's program, and the file that it writes into the folder. */
export function conversionArguments(name: string): SavedDay & { path: string; further: string | undefined } {
  const [folder = ".", site = "", day = "", further] = process.argv.slice(2);
  return { folder, site, day, path: join(folder, `${name}.parquet`), further };
}

/** Measures `work`, which writes the file, and prints a `Conversion` as JSON, with what `work` returns beside it. */
export async function printConversion(
  path: string,
  work: () => object | undefined | Promise<object | undefined>,
): Promise<void> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const further = await work();
  const used = process.cpuUsage(before);
  const conversion: Conversion = {
    path,
    bytes: statSync(path).size,
    cpuSeconds: (used.user + used.system) / 1e6,
    wallSeconds: (performance.now() - startedAt) / 1000,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
  console.log(JSON.stringify({ ...conversion, ...further }));
}

/** Runs a contender's program in a process of its own. A program that fails is a result, not an error. */
export async function convert<T extends Conversion>(
  program: string,
  { folder, site, day }: SavedDay,
  run: CommandRun,
  further: readonly string[] = [],
): Promise<T | Failure> {
  const path = join(import.meta.dirname, program);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [path, folder, site, day, ...further], {
      signal: run.signal,
      maxBuffer: OUTPUT_BYTES_MAX,
    });
    return JSON.parse(stdout) as T;
  } catch (error) {
    return { failed: reasonOf(error as Error & { stderr?: string; signal?: string }) };
  }
}

/** The report of a process that runs out of memory is long. */
const OUTPUT_BYTES_MAX = 16_000_000;

function reasonOf(error: Error & { stderr?: string; signal?: string }): string {
  const text = error.stderr || error.message;
  // The system ends a process by SIGKILL when the machine's memory is used up.
  if (error.signal === "SIGKILL" || /out of memory|allocation failed|array length/i.test(text))
    return "out of memory";
  return /^\w*Error: .*$/m.exec(text)?.[0] ?? error.message.split("\n")[0] ?? "failed";
}
