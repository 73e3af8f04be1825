/** Every bound of the pipeline, together, each with its reason. */

/** Workers hold six connections that wait for headers; one stays free for R2. */
export const LANES_MAX = 5;

/** A permit may take this long to become an arrival; permits are spaced so that the limit holds anyway. */
export const JITTER_MS = 1_200;

/** A page of 100,000 rows is about 12 MB of JSON; beyond this the page size steps down instead. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** SQLite values in a Durable Object end at 2 MB; this leaves room for the row around them. */
export const SQL_VALUE_BYTES_MAX = 1_900_000;

/** The pipeline's share of an isolate's 128 MB, over all sites in it. */
export const PIPELINE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Set aside, of those, for the work that runs alone: 46 MiB for a page of `PARSED_BYTES_MAX` or a merge slice. And for
 * a commit, which is synchronous: 5 MiB for a run of 100,000 samples. The other 13 MiB can be reserved: five runs of
 * 50,000 samples take 4.8 MiB, and one run of a timestamp with 200,000 rows takes all.
 */
export const WORK_SHARE = 46 / 64;
export const COMMIT_SHARE = 5 / 64;

/** Beyond this a body is read by scanning it, or not at all: as text and objects it takes four times its bytes. */
export const PARSED_BYTES_MAX = 11.5 * 1024 * 1024;

/**
 * Rows of a site-day, and pages: far above a day of 200,000 points every five minutes, and at 14 to 30 bytes a row far
 * below the 10 GB of an object. A vendor that makes up rows for ever fails its day here, and so does one that gives a
 * row a page: 100,000 pages are 33 hours.
 */
export const DAY_ROWS_MAX = 100_000_000;
export const DAY_PAGES_MAX = 100_000;

/** A run is committed before the page that would carry it past this: what a crash may cost one lane. */
export const RUN_SAMPLES = 50_000;

/** Samples one merge slice reads before it commits its position: well under 2 s of CPU. */
export const SLICE_SAMPLES = 400_000;

/** A bucket is read whole below this; a larger one is read a segment at a time. */
export const BUCKET_BYTES_MAX = 8 * 1024 * 1024;

/** Buckets a day's points are divided into, so that merging reads one part of every run at a time. */
export const BUCKETS = 32;

/** Answers of 429 a site remembers: more than an hour holds at a site of five lanes that is refused once a minute. */
export const RATE_LIMITS_KEPT = 300;

/**
 * Files of a site that wait for a retry of their upload: some 250 of the documented day. An object ends at 10 GB, and
 * then it can commit nothing; two days under way at their bounds take six of them.
 */
export const HELD_FOR_UPLOAD_BYTES_MAX = 3_000_000_000;

/** Configured points of a site, and the bytes of all their names: they are held in memory. */
export const POINTS_MAX = 200_000;
export const POINT_NAME_BYTES_MAX = 2_048;
export const POINT_NAMES_BYTES_MAX = 8 * 1024 * 1024;
