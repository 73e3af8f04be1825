import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isRunning } from "../terminal/terminal.ts";
import { BACKFILL_PORT, ETL_PORT, localUrl, QUERY_PORT } from "./local-addresses.ts";

/** Where the Workers of this checkout's stack are. */
export interface LocalStack {
  readonly backfillUrl: string;
  readonly queryUrl: string;
  /** undefined: the stack that is running has no ETL Sync Worker. */
  readonly etlUrl?: string | undefined;
  /** false: no stack of this checkout is running, and the addresses are those of the default ports. */
  readonly isRunning: boolean;
}

/** In the checkout, so that two checkouts have two stacks. */
const FILE = join(import.meta.dirname, "../.state/local/stack.json");

/** Tells other commands where the stack of this process is; returns the function that withdraws it. */
export function announceStack(urls: Omit<LocalStack, "isRunning">, file = FILE): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const text = JSON.stringify({ ...urls, pid: process.pid });
  writeFileSync(file, text);
  // Not the file of a stack that was started after this one, with a state directory of its own.
  return () => {
    if (textOf(file) === text) rmSync(file, { force: true });
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** The stack of this checkout. The file of a process that was killed does not count. */
export function localStack(file = FILE): LocalStack {
  return (
    announced(file) ?? {
      backfillUrl: localUrl(BACKFILL_PORT),
      queryUrl: localUrl(QUERY_PORT),
      etlUrl: localUrl(ETL_PORT),
      isRunning: false,
    }
  );
}

function announced(file: string): LocalStack | undefined {
  try {
    const { backfillUrl, queryUrl, etlUrl, pid } = JSON.parse(readFileSync(file, "utf8"));
    const urls = [backfillUrl, queryUrl, ...(etlUrl === undefined ? [] : [etlUrl])];
    const isValid = urls.every((url) => URL.canParse(url)) && Number.isInteger(pid) && pid > 0;
    return isValid && isRunning(pid) ? { backfillUrl, queryUrl, etlUrl, isRunning: true } : undefined;
  } catch {
    return undefined;
  }
}

/** Which Worker the commands use; undefined if it is the running stack on its usual ports. */
export function stackNote(url: string, { isRunning }: LocalStack): string | undefined {
  if (!isRunning) return `No stack of this checkout is running (npx bv-backfill up); using ${url}.`;
  const isUsual = [BACKFILL_PORT, QUERY_PORT, ETL_PORT].map(localUrl).includes(url);
  return isUsual ? undefined : `Using ${url}, the stack of this checkout.`;
}
