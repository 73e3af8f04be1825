import type { AsyncBuffer } from "hyparquet";
import { type Recount, RowCounter } from "./row-counter.ts";
import { rowGroups } from "./row-groups.ts";

/**
 * Decodes every row of a file and counts anew. Yields after each row group, so that the caller can pause or
 * report, and returns the whole. Throws as `rowGroups` does.
 */
export async function* recount(file: AsyncBuffer, site: string): AsyncGenerator<Recount, Recount> {
  const counter = new RowCounter(site);
  for await (const group of rowGroups(file)) {
    counter.count(group);
    yield counter.counted;
  }
  return counter.counted;
}
