import { writeFileSync } from "node:fs";
import { decodeSamples } from "../../src/ace/page/page.ts";
import { advance, requestedSpan, samplesPath, startPagination } from "../../src/ace/paging/paging.ts";
import type { UtcDay } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { windowsOf } from "../../src/domain/windows.ts";
import { namesPath, pagePath } from "./contenders/contenders.ts";

const PAGE_SIZE = 50_000;

export interface SavedPages {
  readonly pages: number;
  readonly bytes: number;
}

/** Saves each page of a day, fetched in one window as the Worker fetches them, and the names of the points. */
export async function savePages(
  source: { readonly api: string; readonly key: string; readonly site: SiteName; readonly day: UtcDay },
  folder: string,
): Promise<SavedPages> {
  const names = await configuredNames(source);
  writeFileSync(namesPath(folder), JSON.stringify(names));
  const points = new Map(names.map((name, id) => [name, id]));
  const [span] = windowsOf(source.day, 1);
  if (!span) throw new Error("a day has a window");
  let pages = 0;
  let bytes = 0;
  for (let pagination = startPagination(span), done = false; !done; ) {
    const body = await get(source, samplesPath(source.site, span, PAGE_SIZE, pagination.cursor));
    writeFileSync(pagePath(folder, pages++), body);
    bytes += body.length;
    const page = decodeSamples(body, { points, keep: span, requested: requestedSpan(span) });
    const result = advance(pagination, page, PAGE_SIZE);
    if (result.next === "fault") throw result.fault;
    pagination = result.pagination;
    done = result.next === "done";
  }
  return { pages, bytes };
}

async function configuredNames(source: { api: string; key: string; site: SiteName }): Promise<string[]> {
  const body = await get(source, `sites/${source.site}/configured_points?page=1&per_page=100000`);
  const { items } = JSON.parse(body.toString("utf8")) as { items: { name: string }[] };
  // Names of the simulator are ASCII: their order is the same by code units and by UTF-8 bytes.
  return items.map(({ name }) => name).sort();
}

async function get({ api, key }: { api: string; key: string }, path: string): Promise<Buffer> {
  const response = await fetch(`${api}/${path}`, { headers: { Authorization: `Bearer ${key}` } });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
