import { existsSync, statSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import type { QueryClient } from "../../client/client.ts";
import { daysOf, type UtcDay } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { CommandError, EXIT, lockForProcess } from "../../terminal/terminal.ts";
import {
  type CsvProgress,
  dropProgress,
  progressPath,
  readProgress,
  sameExport,
  writeProgress,
} from "./csv-progress.ts";
import { fetchFile } from "./fetch-file.ts";
import { CSV_HEADER, csvOf } from "./parquet-csv.ts";

export interface CsvExport {
  readonly from: UtcDay;
  readonly to: UtcDay;
  readonly sites: readonly SiteName[];
}

/**
 * Writes the days of the sites into one CSV at `path`, in order of day, then of site. It grows as `{path}.part` by whole
 * files; an export of the same goes on behind the last of them. Calls `show` after every file. Gives what is missing.
 * Throws `CommandError` (usage) where something else stands there, and while another process writes the same.
 */
export async function writeCsvFile(
  query: QueryClient,
  path: string,
  wanted: CsvExport,
  show: (progress: CsvProgress, filesTotal: number) => void,
): Promise<readonly string[]> {
  if (existsSync(path)) throw inTheWay(path, "exists already");
  const part = `${path}.part`;
  const giveBack = lockForProcess(`${part}.lock`, part);
  try {
    const missing = await growPart(query, part, wanted, show);
    await rename(part, path);
    dropProgress(part);
    return missing;
  } finally {
    giveBack();
  }
}

async function growPart(
  query: QueryClient,
  part: string,
  wanted: CsvExport,
  show: (progress: CsvProgress, filesTotal: number) => void,
): Promise<readonly string[]> {
  const files = daysOf(wanted.from, wanted.to).flatMap((day) => wanted.sites.map((site) => ({ day, site })));
  let progress = begun(part, { ...wanted, source: query.worker.url });
  const handle = await open(part, "a");
  try {
    // Of a file that was not finished.
    await handle.truncate(progress.bytes);
    let bytes = progress.bytes;
    const append = async (text: string) => {
      // Whole: of a plain `write` a disk that is nearly full takes a part, without an error.
      await handle.appendFile(text);
      bytes += Buffer.byteLength(text);
    };
    if (bytes === 0) await append(`${CSV_HEADER}\n`);
    for (const { day, site } of files.slice(progress.filesDone)) {
      const file = await wholeFile(query, site, day);
      if (file) for await (const lines of csvOf(file)) await append(lines);
      await handle.datasync();
      // Dying before this line leaves rows that the next export cuts off.
      const missing = file ? progress.missing : [...progress.missing, `${day} of ${site}`];
      progress = { ...progress, filesDone: progress.filesDone + 1, bytes, missing };
      writeProgress(part, progress);
      show(progress, files.length);
    }
  } finally {
    await handle.close();
  }
  return progress.missing;
}

function begun(part: string, wanted: CsvExport & { readonly source: string }): CsvProgress {
  const fresh = { ...wanted, filesDone: 0, bytes: 0, missing: [] };
  const earlier = existsSync(part) ? readProgress(part) : undefined;
  if (!earlier) return fresh;
  if (!sameExport(earlier, fresh)) {
    const { from, to, sites, source } = earlier;
    const theirs = `${from} to ${to} of ${sites.join(", ")} at ${source}`;
    throw inTheWay(`${part} and ${progressPath(part)}`, `belong to ${theirs}`);
  }
  // Somebody has cut it off: behind its end there would be nothing but zeros.
  return statSync(part).size < earlier.bytes ? fresh : earlier;
}

const inTheWay = (path: string, why: string) =>
  new CommandError(`${path} ${why}.`, "Remove it, or name another file.", { exitCode: EXIT.usage });

/** In memory: a day is a few megabytes, and is read from its end. */
async function wholeFile(query: QueryClient, site: SiteName, day: UtcDay): Promise<ArrayBuffer | undefined> {
  let chunks: Uint8Array[] = [];
  const sink = {
    begin: async () => {
      chunks = [];
    },
    write: async (chunk: Uint8Array) => {
      chunks.push(chunk);
    },
  };
  if (!(await fetchFile(query, site, day, sink))) return undefined;
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole.buffer;
}
