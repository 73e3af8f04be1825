import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A day of a site as the API sends it, saved in a folder. */
export interface SavedDay {
  readonly folder: string;
  readonly site: string;
  readonly day: string;
}

export const pagePath = (folder: string, page: number) =>
  join(folder, `page-${String(page).padStart(4, "0")}.json`);

/** The names of the configured points, in the order of the file: by UTF-8 bytes. */
export const namesPath = (folder: string) => join(folder, "names.json");

/** The paths of all pages in their order. */
export function pagesIn(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.startsWith("page-"));
  return files.sort().map((file) => join(folder, file));
}

export const namesIn = (folder: string) => JSON.parse(readFileSync(namesPath(folder), "utf8")) as string[];
