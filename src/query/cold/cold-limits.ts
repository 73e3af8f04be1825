/** Every bound of reading samples from the archive, together, each with its reason. */

/** A Worker has at most six connections that wait for a response. */
export const READS_IN_FLIGHT_MAX = 6;

/** Days that are read ahead: each has at most two requests one after the other, so these keep six reads busy. */
export const DAYS_AHEAD_MAX = 12;

/** Memory of all days that are read ahead, their samples included. */
export const READ_AHEAD_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Bytes between two wanted ranges that are read to save a request: those between the columns of a row group and its
 * neighbour's, but no row group, which takes twice as many. Reading two row groups to save a request made 100 points of a
 * full day 1.7 times as many bytes (`npm run bench:query`).
 */
export const GAP_BYTES_MAX = 16 * 1024;

/**
 * Ranges of a query, divided among its days; a day that needs more than its share reads its smallest gaps. With two
 * requests for the footer and two to the cache, 366 days of 20 ranges are 8,784 of the 10,000 subrequests of an
 * invocation. The others are left for retries.
 */
export const RANGES_A_QUERY_MAX = 7_320;

/**
 * The first read of a file's end, for a site without a known footer: some 35 row groups. A larger footer costs one more
 * request, for the first day alone; reading 64 KB made a month of a small site 4% more bytes (`npm run bench:query`).
 */
export const END_BYTES_DEFAULT = 16 * 1024;

/** Footers of one site have about the same size from day to day; a read has this much more than the last ones. */
export const END_BYTES_MARGIN = 1.125;

/** Footers in memory, over all queries of an isolate: a year of the reference site, whose day takes 80 KB. */
export const FOOTERS_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Writes to the cache at a time, over all queries of an isolate: 2.6 MB of the reference site. While there are so many, a
 * new footer stays in memory only: a year of footers that wait for a slow cache would double the memory.
 */
export const CACHE_PUTS_MAX = 32;

/**
 * How long an answer may say "this day has none of these points" without a request for the object. A day that has the
 * points is read on the condition of its etag, and so is never stale.
 */
export const FOOTER_TRUST_MS = 60_000;

/** Versions of a day's object that one query tries before it fails with `ObjectUnsettled`. */
export const VERSIONS_MAX = 5;
