import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { QueryClient } from "../../client/client.ts";
import type { UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { isRunning } from "../../terminal/terminal.ts";
import { fetchFile, patiently } from "./fetch-file.ts";

export type Brought =
  /** `there`: an earlier export has brought it, and it is still what the archive has. */
  | { readonly kind: "fetched" | "there"; readonly path: string; readonly bytes: number }
  | { readonly kind: "missing" };

/**
 * Brings a day's file below `folder`, where it has the key that it has in R2. A file is there whole or not at all: it
 * gets its name once size and SHA-256 are right.
 */
export async function bringFile(
  query: QueryClient,
  folder: string,
  site: SiteName,
  day: UtcDay,
): Promise<Brought> {
  const path = join(folder, objectKey(site, day));
  const bytes = await bytesOf(path);
  if (bytes !== undefined) {
    const archived = await patiently(() => query.file("HEAD", site, day));
    if (!archived) return { kind: "missing" };
    const same = archived.bytes === bytes && archived.sha256 === (await sha256Of(path));
    if (same) return { kind: "there", path, bytes };
  }
  await mkdir(dirname(path), { recursive: true });
  await dropLeftParts(path);
  // Another export of the same day writes into its own.
  const part = `${path}.${process.pid}.part`;
  const handle = await open(part, "a");
  try {
    if (!(await fetchFile(query, site, day, intoFile(handle)))) return { kind: "missing" };
    await handle.sync();
    // Dying before this line leaves a part that the next export removes.
    await rename(part, path);
    return { kind: "fetched", path, bytes: (await handle.stat()).size };
  } finally {
    await handle.close();
    await rm(part, { force: true });
  }
}

const intoFile = (handle: FileHandle) => ({
  begin: () => handle.truncate(0),
  // Whole: of a plain `write` a disk that is nearly full takes a part, without an error.
  write: (chunk: Uint8Array) => handle.appendFile(chunk),
});

async function dropLeftParts(path: string): Promise<void> {
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
