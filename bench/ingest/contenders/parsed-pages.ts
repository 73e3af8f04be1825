import { readFileSync } from "node:fs";
import { addDays, parseUtcDay } from "../../../src/domain/day.ts";
import { pagesIn, type SavedDay } from "./saved-day.ts";

/** A row of a page, as the API sends it. */
export interface PageRow {
  readonly name: string;
  readonly value: string;
  readonly time: string;
}

/** The rows of the day in the order of the pages, each page parsed as a whole, without those of the window's margins. */
export function* parsedRows({ folder, day }: SavedDay): Iterable<PageRow> {
  const from = parseUtcDay(day);
  if (!from) throw new RangeError(`not a day: ${day}`);
  const next = addDays(from, 1);
  for (const page of pagesIn(folder)) {
    const { point_samples } = JSON.parse(readFileSync(page, "utf8")) as { point_samples: PageRow[] };
    for (const row of point_samples) if (row.time >= day && row.time < next) yield row;
  }
}

/** The times of the API are naive UTC with microseconds; a Date truncates them to milliseconds. */
export const timeMs = ({ time }: PageRow) => Date.parse(`${time}Z`);
