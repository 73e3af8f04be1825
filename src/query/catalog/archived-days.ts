import { addDays, daysOf, type UtcDay } from "../../domain/day.ts";
import { objectKey, parseObjectKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import type { ArchiveReader, ObjectHead } from "../../ports/archive.ts";
import { inOrder } from "../in-order.ts";

/** A site-day that has an object in the archive, by a listing. */
export interface ArchivedDay {
  readonly day: UtcDay;
  /** From the object's metadata; undefined where they have no count. */
  readonly samples: number | undefined;
}

/** A Worker has at most six connections that wait for a response. */
const LISTS_IN_FLIGHT_MAX = 6;

/** 31 days of the 100 sites that a configuration may have are 3,100 keys; with metadata a page may have few of them. */
const MONTH_PAGES_MAX = 100;

/** From the first day of a month to its month of the year before: 13 months are searched, as long as a query may be. */
const DAYS_BACK_MAX = 365;

/** A backfill begins here at the earliest. */
const FIRST_DAY = "1970-01-01" as UtcDay;

/** A month has more keys than the sites of this archive explain. */
export class ListingTooLong extends Error {
  readonly kind = "listing-too-long";
  readonly prefix: string;
  constructor(prefix: string) {
    super(`the listing of ${prefix} is too long`);
    this.prefix = prefix;
  }
}

/**
 * The archived days of [from, to], both ends included. Keys are ordered by day and then by site, so a month is
 * listed with all of its sites: 13 requests for a year, where a HEAD for each day would be 366.
 */
export async function archivedDays(
  archive: Pick<ArchiveReader, "list">,
  site: SiteName,
  from: UtcDay,
  to: UtcDay,
): Promise<ReadonlyMap<UtcDay, ArchivedDay>> {
  const found = new Map<UtcDay, ArchivedDay>();
  const months = monthsOf(from, to);
  const list = (at: number) => listMonth(archive, site, months[at] as UtcDay[]);
  for await (const days of inOrder(months.length, () => LISTS_IN_FLIGHT_MAX - 1, list)) {
    for (const day of days) found.set(day.day, day);
  }
  return found;
}

/**
 * The archived days up to `last`, newest first, but those known to be empty; a month is listed when it is its turn. The
 * search ends 13 months before the site's newest file, which may be years before `last`. Returns its first day.
 */
export async function* newestArchivedDays(
  archive: Pick<ArchiveReader, "list">,
  site: SiteName,
  last: UtcDay,
): AsyncGenerator<UtcDay, UtcDay> {
  let first = firstOfMonth(addDays(firstOfMonth(last), -DAYS_BACK_MAX));
  let isFound = false;
  for (const month of monthsOf(first, last).reverse()) {
    for (const day of await newestFirst(archive, site, month)) {
      isFound = true;
      yield day;
    }
  }
  if (isFound) return first;
  for await (const month of olderMonths(archive, first)) {
    if (isFound && month < first) break;
    const days = await newestFirst(archive, site, monthsOf(month, lastOfMonth(month))[0] ?? []);
    if (days.length > 0 && !isFound) {
      isFound = true;
      first = firstOfMonth(addDays(month, -DAYS_BACK_MAX));
    }
    yield* days;
  }
  return isFound ? first : FIRST_DAY;
}

/** Days that have samples, or an unknown number of them. */
async function newestFirst(archive: Pick<ArchiveReader, "list">, site: SiteName, month: readonly UtcDay[]) {
  const days = await listMonth(archive, site, month);
  return days.flatMap(({ day, samples }) => (samples === 0 ? [] : [day])).reverse();
}

/** The months before `month`, newest first; one request for each year without any object leaves out its months. */
async function* olderMonths(
  archive: Pick<ArchiveReader, "list">,
  month: UtcDay,
): AsyncGenerator<UtcDay, void> {
  for (let at = firstOfMonth(addDays(month, -1)); at >= FIRST_DAY; ) {
    const { heads, cursor } = await archive.list(`timeseries/${at.slice(0, 4)}/`, undefined);
    const january = `${at.slice(0, 4)}-01-01` as UtcDay;
    if (heads.length > 0 || cursor !== undefined) {
      for (; at >= january; at = firstOfMonth(addDays(at, -1))) yield at;
    } else at = firstOfMonth(addDays(january, -1));
  }
}

/** The site's days among `month`, some days of one calendar month, in order. */
async function listMonth(
  archive: Pick<ArchiveReader, "list">,
  site: SiteName,
  month: readonly UtcDay[],
): Promise<ArchivedDay[]> {
  const [first, last] = [month[0], month.at(-1)] as [UtcDay, UtcDay];
  const prefix = commonPrefix(objectKey(site, first), objectKey(site, last));
  const found: ArchivedDay[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MONTH_PAGES_MAX; pages += 1) {
    const page = await archive.list(prefix, cursor);
    for (const head of page.heads) {
      const key = parseObjectKey(head.key);
      if (key?.site === site && key.day >= first && key.day <= last) found.push(archived(key.day, head));
    }
    cursor = page.cursor;
    if (cursor === undefined) return found;
  }
  throw new ListingTooLong(prefix);
}

function archived(day: UtcDay, head: ObjectHead): ArchivedDay {
  const count = head.metadata.record_count ?? "";
  return { day, samples: /^\d{1,15}$/.test(count) ? Number(count) : undefined };
}

/** The days of the range, by calendar month. */
function monthsOf(from: UtcDay, to: UtcDay): UtcDay[][] {
  return [...Map.groupBy(daysOf(from, to), firstOfMonth).values()];
}

function firstOfMonth(day: UtcDay): UtcDay {
  return `${day.slice(0, 7)}-01` as UtcDay;
}

function lastOfMonth(first: UtcDay): UtcDay {
  return addDays(firstOfMonth(addDays(first, 31)), -1);
}

/** The whole key for a single day, the month and the first digit of the day for a decade of days. */
function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
