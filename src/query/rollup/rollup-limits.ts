/** Every bound of reading roll-ups, together, each with its reason. */
import { DAY_SAMPLES_MAX } from "../day-series.ts";

/** Quarters that are read ahead: of one point each is two requests one after the other, so these keep six reads busy. */
export const QUARTERS_AHEAD_MAX = 5;

/**
 * Months that are read ahead. A page may end with its first days, and leave unread what was read ahead. Of a point, two months
 * take a quarter of the requests of the twelve days that are read ahead of day files, and with indexes known about as many bytes;
 * five would take twice as many, to read a year in 0.2 s less (`npm run bench:query`).
 */
export const MONTHS_AHEAD_MAX = 2;

/**
 * Days of a month that a query has at least where it reads the month's roll-up. A single day takes two requests of its own
 * file, and no 30 days that are not needed.
 */
export const MONTH_DAYS_MIN = 2;

/**
 * Memory of a month while it is read: the samples of all row groups that are needed, and the chunks in flight. As many bytes as
 * the samples of a day may take, so that a day out of a month never is too large: such a month is read day by day. 30 points
 * of the reference site take 12 MB.
 */
export const MONTH_BYTES_MAX = 16 * DAY_SAMPLES_MAX;

/** Memory of all periods of a resolution that are read ahead, their buckets or samples included. */
export const READ_AHEAD_BYTES_MAX = 16 * 1024 * 1024;

/**
 * The first read of a roll-up's end, for a site without a known one: the index of a period of the reference site. A larger one
 * costs one more request, for the first period alone.
 */
export const END_BYTES_DEFAULT = { "1hr": 128 * 1024, raw: 256 * 1024 } as const;

/**
 * Bytes between two wanted ranges that are read to save a request: the columns of a row group that a query does not need,
 * but no row group.
 */
export const GAP_BYTES_MAX = 64 * 1024;

/**
 * Indexes in memory, over all queries of an isolate: of the reference site a year of months, which take 1 MB each, and two
 * years of quarters.
 */
export const INDEXES_BYTES_MAX = 16 * 1024 * 1024;

/** Periods that are remembered to have no roll-up that can be read: some 100 bytes each. */
export const UNUSABLE_MAX = 2_000;
