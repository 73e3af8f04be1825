import { existsSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { QueryClient } from "../../client/client.ts";
import { daysOf, type UtcDay } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { type CsvProgress, missingDay, sameExport } from "./csv-progress.ts";
import { fetchFile } from "./fetch-file.ts";
import { CSV_HEADER, csvOf } from "./parquet-csv.ts";
import { conflict, progressPath, readProgress, writeProgress, writeWhole } from "./part-file.ts";

/** Which days of which sites are exported. */
export interface ExportRange {
  readonly from: UtcDay;
  readonly to: UtcDay;
  readonly sites: readonly SiteName[];
}

/**
 * Writes the days of the sites into one CSV at `path`, in order of day, then of site, and returns the days that are not
 * archived. Rows are appended to `{path}.part`; a later call with the same range continues after its last complete day.
 * Calls `show` after every day's file. Throws `CommandError` (usage) for an existing file or the part of another export,
 * and while another process writes the same file.
 */
export async function writeCsvFile(
  query: QueryClient,
  path: string,
  range: ExportRange,
  show: (progress: CsvProgress, filesTotal: number) => void,
): Promise<readonly string[]> {
  const { missing } = await writeWhole(path, (part) => writePart(query, part, range, show));
  return missing;
}

async function writePart(
  query: QueryClient,
  part: string,
  range: ExportRange,
  show: (progress: CsvProgress, filesTotal: number) => void,
): Promise<{ readonly missing: readonly string[]; readonly isEmpty: false }> {
  const files = daysOf(range.from, range.to).flatMap((day) => range.sites.map((site) => ({ day, site })));
  let progress = progressOf(part, { ...range, source: query.worker.url });
  const handle = await open(part, "a");
  try {
    // Removes the rows of a day that was not complete.
    await handle.truncate(progress.bytes);
    let bytes = progress.bytes;
    const append = async (text: string) => {
      // Not `write`, which on a nearly full disk writes only a part, without an error.
      await handle.appendFile(text);
      bytes += Buffer.byteLength(text);
    };
    if (bytes === 0) await append(`${CSV_HEADER}\n`);
    for (const { day, site } of files.slice(progress.filesDone)) {
      const file = await fetchToMemory(query, site, day);
      if (file) for await (const lines of csvOf(file)) await append(lines);
      await handle.datasync();
      // A crash before this line leaves rows that the next export removes.
      const missing = file ? progress.missing : [...progress.missing, missingDay(day, site)];
      progress = { ...progress, filesDone: progress.filesDone + 1, bytes, missing };
      writeProgress(part, progress);
      show(progress, files.length);
    }
  } finally {
    await handle.close();
  }
  return { missing: progress.missing, isEmpty: false };
}

function progressOf(part: string, range: ExportRange & { readonly source: string }): CsvProgress {
  const fresh = { ...range, filesDone: 0, bytes: 0, missing: [] };
  const earlier = existsSync(part) ? readProgress<CsvProgress>(part) : undefined;
  if (!earlier) return fresh;
  if (!sameExport(earlier, fresh)) {
    const { from, to, sites, source } = earlier;
    const other = `${from} to ${to} of ${sites.join(", ")} at ${source}`;
    throw conflict(`${part} and ${progressPath(part)}`, `belong to ${other}`);
  }
  // A part that is shorter than recorded was truncated: continuing would leave a gap of zeros.
  return statSync(part).size < earlier.bytes ? fresh : earlier;
}

/** A day's file in memory: it has a few megabytes, and Parquet is read from its end. */
async function fetchToMemory(
  query: QueryClient,
  site: SiteName,
  day: UtcDay,
): Promise<ArrayBuffer | undefined> {
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
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes.buffer;
}
