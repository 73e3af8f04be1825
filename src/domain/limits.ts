/** Every bound of the pipeline, together, each with its reason. */

/** Workers hold six connections that wait for headers; one stays free for R2. */
export const LANES_MAX = 5;

/** A permit may take this long to become an arrival; permits are spaced so that the limit holds anyway. */
export const JITTER_MS = 1_200;

/** A caller does not use a permit that comes later than this: the rest of the jitter is for the way to the vendor. */
export const PERMIT_LATE_MS_MAX = JITTER_MS - 400;

/** The gate catches up on a slot that is over for at most this long: with a later permit its caller could do nothing. */
export const CATCH_UP_MS_MAX = PERMIT_LATE_MS_MAX - 200;

/** A page of 100,000 rows is about 12 MB of JSON; after a larger body the page size steps down. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** A SQLite value in a Durable Object has at most 2 MB; this leaves room for the rest of its row. */
export const SQL_VALUE_BYTES_MAX = 1_900_000;

/** The pipeline's share of an isolate's 128 MB, for all its sites together. */
export const PIPELINE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Of these, 46 MiB are for the work that runs alone: a page of `PARSED_BYTES_MAX`, or a merge slice. 5 MiB are for a
 * commit, which is synchronous: a run of 100,000 samples. The other 13 MiB can be reserved: five runs of 50,000 samples
 * take 4.8 MiB, and one run of a timestamp with 200,000 rows takes all.
 */
export const WORK_SHARE = 46 / 64;
export const COMMIT_SHARE = 5 / 64;

/** A larger body is scanned or rejected, but not parsed: as text and objects it takes four times its bytes. */
export const PARSED_BYTES_MAX = 11.5 * 1024 * 1024;

/**
 * Rows and pages of a site-day: far above a day of 200,000 points every five minutes, and at 14 to 30 bytes a row far
 * below the 10 GB of a Durable Object. A vendor that sends rows without end, or one row a page, fails its day here:
 * 100,000 pages take 33 hours.
 */
export const DAY_ROWS_MAX = 100_000_000;
export const DAY_PAGES_MAX = 100_000;

/** A run is committed before a page would make it larger; a crash costs a lane at most one run. */
export const RUN_SAMPLES = 50_000;

/** A merge slice reads this many samples before it commits its position: well under 2 s of CPU. */
export const SLICE_SAMPLES = 400_000;

/** A smaller bucket is read whole; a larger one is read a segment at a time. */
export const BUCKET_BYTES_MAX = 8 * 1024 * 1024;

/** A day's points are divided into this many buckets, so that merging reads one part of every run at a time. */
export const BUCKETS = 32;

/** Times of 429s that a site stores: five lanes with a 429 a minute make as many in an hour. */
export const RATE_LIMITS_KEPT = 300;

/**
 * Files of a site that are held for a later upload: some 250 of the reference day. A Durable Object has 10 GB and can
 * commit nothing beyond; two staged days at their bounds take 6 GB.
 */
export const HELD_FOR_UPLOAD_BYTES_MAX = 3_000_000_000;

/** Configured points of a site, and the bytes of their names, which stay in memory. */
export const POINTS_MAX = 200_000;
export const POINT_NAME_BYTES_MAX = 2_048;
export const POINT_NAMES_BYTES_MAX = 8 * 1024 * 1024;

/** Texts of a point besides its name, such as its description; longer ones are cut. BACnet devices have some 250 characters. */
export const POINT_TEXT_CHARS_MAX = 500;
/** Tags of a point as JSON text; tags that do not fit are left out. */
export const POINT_TAGS_CHARS_MAX = 2_000;

/**
 * Rows of a site's points file, and their text: 30,000 points with all that the reference site has, or as many points as a
 * list may have with little. A reader decodes a file of this size in 32 MiB. Points that were seen longest ago are left out.
 */
export const POINT_ROWS_MAX = POINTS_MAX;
export const POINT_ROWS_BYTES_MAX = 16 * 1024 * 1024;
/** A file that others have put in its place is not read if it is larger; one of ours with that text never is. */
export const POINTS_FILE_BYTES_MAX = 20 * 1024 * 1024;

/** A row group of a points file ends with the row that reaches either: what its writer and its reader have in memory. */
export const POINTS_GROUP_ROWS = 5_000;
export const POINTS_GROUP_BYTES = 1024 * 1024;
