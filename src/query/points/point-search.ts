import { compareNames } from "../../domain/point-name.ts";
import type { PointRow } from "../../domain/point-row.ts";

/** Which points an answer is of, and which page of them. */
export interface PointSearch {
  /** Words that all have to be in a point's name, object name, description or tags, in any case; "" for all points. */
  readonly text: string;
  /** The only points; undefined for all. */
  readonly names: readonly string[] | undefined;
  readonly limit: number;
  /** The page begins after this name; undefined: with the first. */
  readonly after: string | undefined;
}

export interface PointsPage<P> {
  readonly points: readonly P[];
  /** Of all pages. */
  readonly total: number;
  /** The last name of a page that others follow. */
  readonly nextAfter: string | undefined;
}

/** A page of the points that match, of `points` in the order of their names' bytes. */
export function searchPoints<P extends { readonly name: string; readonly row: PointRow | undefined }>(
  points: Iterable<P>,
  { text, names, limit, after }: PointSearch,
): PointsPage<P> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const only = names && new Set(names);
  const page: P[] = [];
  let total = 0;
  let isCut = false;
  for (const point of points) {
    if (only && !only.has(point.name)) continue;
    if (words.length > 0 && !hasAll(textOf(point), words)) continue;
    total += 1;
    if (after !== undefined && compareNames(point.name, after) <= 0) continue;
    if (page.length < limit) page.push(point);
    else isCut = true;
  }
  return { points: page, total, nextAfter: isCut ? page.at(-1)?.name : undefined };
}

const hasAll = (text: string, words: readonly string[]) => words.every((word) => text.includes(word));

/** What is searched of a point. A line for each text, so that no word is found across two of them. */
function textOf({ name, row }: { readonly name: string; readonly row: PointRow | undefined }): string {
  if (!row) return name.toLowerCase();
  const { objectName, description, kvTags, markerTags } = row.fields;
  const tags = [
    ...Object.entries(JSON.parse(kvTags) as Record<string, unknown>).map(([key, value]) => `${key}=${value}`),
    ...(JSON.parse(markerTags) as string[]),
  ];
  return [name, objectName ?? "", description ?? "", ...tags].join("\n").toLowerCase();
}
