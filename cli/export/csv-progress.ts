import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** What a CSV is made of, and how far it has come: it stands beside it until it is whole. */
export interface CsvProgress {
  readonly from: string;
  readonly to: string;
  readonly sites: readonly string[];
  /** The Query Worker's address: another one has another archive. */
  readonly source: string;
  /** Of all files, in order of day, then of site. */
  readonly filesDone: number;
  /** Of the CSV with these files, and no more. */
  readonly bytes: number;
  readonly missing: readonly string[];
}

export const progressPath = (part: string) => `${part}.json`;

export function readProgress(part: string): CsvProgress | undefined {
  try {
    return JSON.parse(readFileSync(progressPath(part), "utf8")) as CsvProgress;
  } catch {
    // None, or none that can be read: begun anew, and nothing is lost but time.
    return undefined;
  }
}

/** Replaces what stood there, whole or not at all. */
export function writeProgress(part: string, progress: CsvProgress): void {
  const path = progressPath(part);
  writeFileSync(`${path}.new`, JSON.stringify(progress));
  renameSync(`${path}.new`, path);
}

export function dropProgress(part: string): void {
  rmSync(progressPath(part), { force: true });
}

/** Whether both are about the same files. */
export function sameExport(a: CsvProgress, b: CsvProgress): boolean {
  const what = ({ from, to, sites, source }: CsvProgress) => JSON.stringify([from, to, sites, source]);
  return what(a) === what(b);
}
