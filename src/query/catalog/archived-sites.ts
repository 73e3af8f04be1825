import type { UtcDay } from "../../domain/day.ts";
import { objectKey, parseObjectKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import { ListingTooLong } from "./archived-days.ts";

/** The 100 sites that a configuration may have; with metadata a page may have few of them. */
const DAY_PAGES_MAX = 20;

/** The sites that have an object of the day, in the order of their names' bytes. */
export async function archivedSites(archive: Pick<ArchiveReader, "list">, day: UtcDay): Promise<SiteName[]> {
  const anySite = objectKey("a" as SiteName, day);
  const prefix = anySite.slice(0, anySite.lastIndexOf("/") + 1);
  const found: SiteName[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < DAY_PAGES_MAX; pages += 1) {
    const page = await archive.list(prefix, cursor);
    for (const head of page.heads) {
      const key = parseObjectKey(head.key);
      if (key?.day === day) found.push(key.site);
    }
    cursor = page.cursor;
    if (cursor === undefined) return found;
  }
  throw new ListingTooLong(prefix);
}
