/** Every bound of reading the archive, together, each with its reason. */

/** A Worker holds six connections that wait for an answer. */
export const READS_IN_FLIGHT_MAX = 6;

/** Days begun before the one that is waited for: each has at most two requests one after the other, so these keep six reads busy. */
export const DAYS_AHEAD_MAX = 12;

/** What days ahead of the one that is waited for may hold together, their samples included. */
export const READ_AHEAD_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Read between two ranges that are wanted rather than asked for apart: what lies between the columns of a row group and
 * its neighbour's, and never a row group, which takes twice as much. Reading two of those to save a request made 100
 * points of a full day 1.7 times as many bytes (`npm run bench:query`).
 */
export const GAP_BYTES_MAX = 16 * 1024;

/**
 * Ranges of a query, divided among its days; beyond its share a day reads the smallest gaps. With two requests for the
 * footer and two of the cache, 366 days of 20 ranges are 8,784 of the 10,000 subrequests that an invocation has; the others are left for what is
 * asked again.
 */
export const RANGES_A_QUERY_MAX = 7_320;

/**
 * The end of a file of a site of which no footer was seen: some 35 row groups. A larger footer costs one more request,
 * for the first day alone; asking for 64 KB made a month of a small site 4% more bytes (`npm run bench:query`).
 */
export const END_BYTES_DEFAULT = 16 * 1024;

/** Footers of one site are alike from day to day; this much more is asked for than the last ones took. */
export const END_BYTES_MARGIN = 1.125;

/** Sites whose size of footers is remembered. */
export const END_SITES_MAX = 1_000;

/** Footers in memory, over all queries of an isolate: a year of the reference site, whose day takes 80 KB. */
export const FOOTERS_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Footers on their way to the cache, over all queries of an isolate: 2.6 MB of the reference site. One that finds so many
 * before it is kept in memory alone, for a year of them behind a slow cache would be as much again as is kept.
 */
export const CACHE_PUTS_MAX = 32;

/**
 * How long "this day has none of these points" is said without a look at the object. A day that has them is read on
 * the condition of its etag, and so is never stale.
 */
export const FOOTER_TRUST_MS = 60_000;

/** Versions of a day's object that one query begins with, before it says that the object does not stand still. */
export const VERSIONS_MAX = 5;
