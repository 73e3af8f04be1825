import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { QueryClient } from "../../client/client.ts";
import type { UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { isRunning } from "../../terminal/terminal.ts";
import { fetchFile, withRetries } from "./fetch-file.ts";

export type ExportedFile =
  /** `unchanged`: an earlier export has written the file, and the archive still has the same. */
  | { readonly kind: "fetched" | "unchanged"; readonly path: string; readonly bytes: number }
  | { readonly kind: "missing" };

/**
 * Exports a day's file into `folder`, with its key in R2 as its path. The file gets its name only once its size and
 * SHA-256 are checked, so that it is never incomplete.
 */
export async function exportFile(
  query: QueryClient,
  folder: string,
  site: SiteName,
  day: UtcDay,
): Promise<ExportedFile> {
  const path = join(folder, objectKey(site, day));
  const bytes = await bytesOf(path);
  if (bytes !== undefined) {
    const archived = await withRetries(() => query.file("HEAD", site, day));
    if (!archived) return { kind: "missing" };
    const same = archived.bytes === bytes && archived.sha256 === (await sha256Of(path));
    if (same) return { kind: "unchanged", path, bytes };
  }
  await mkdir(dirname(path), { recursive: true });
  await removeLeftoverParts(path);
  // Another process that exports the same day writes to another part.
  const part = `${path}.${process.pid}.part`;
  const handle = await open(part, "a");
  try {
    if (!(await fetchFile(query, site, day, intoFile(handle)))) return { kind: "missing" };
    await handle.sync();
    // A crash before this line leaves a part that the next export removes.
    await rename(part, path);
    return { kind: "fetched", path, bytes: (await handle.stat()).size };
  } finally {
    await handle.close();
    await rm(part, { force: true });
  }
}

const intoFile = (handle: FileHandle) => ({
  begin: () => handle.truncate(0),
  // Not `write`, which on a nearly full disk writes only a part, without an error.
  write: (chunk: Uint8Array) => handle.appendFile(chunk),
});

async function removeLeftoverParts(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const [, of, pid] = /^(.+)\.(\d+)\.part$/.exec(name) ?? [];
    if (of === basename(path) && !isRunning(Number(pid)))
      await rm(join(dirname(path), name), { force: true });
  }
}

async function bytesOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
