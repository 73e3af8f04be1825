/** Every bound of reading roll-ups, together, each with its reason. */

/** Periods that are read ahead: of one point each is two requests one after the other, so these keep six reads busy. */
export const PERIODS_AHEAD_MAX = 5;

/** Memory of all periods that are read ahead, their buckets included. */
export const READ_AHEAD_BYTES_MAX = 16 * 1024 * 1024;

/**
 * The first read of a roll-up's end, for a site without a known one: the index of a quarter of the reference site. A larger
 * one costs one more request, for the first period alone.
 */
export const END_BYTES_DEFAULT = 128 * 1024;

/**
 * Bytes between two wanted ranges that are read to save a request: the columns of a row group that a query does not need,
 * but no row group.
 */
export const GAP_BYTES_MAX = 64 * 1024;

/** Indexes in memory, over all queries of an isolate: five years of two sites like the reference site. */
export const INDEXES_BYTES_MAX = 16 * 1024 * 1024;

/** Periods that are remembered to have no roll-up that can be read: some 100 bytes each. */
export const UNUSABLE_MAX = 2_000;
