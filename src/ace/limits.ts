/** Every bound of the vendor's wire, together, each with its reason. */

/** Requested beyond both ends of a window: whether `start_time` and `end_time` are inclusive is unknown. */
export const WINDOW_MARGIN_MICROS = 1_000_000;

/** Empty pages in a row that say there is more; after one more, the pagination counts as stuck. */
export const EMPTY_PAGES_MAX = 10;

/**
 * JSON values of a body that is parsed to objects, which take up to 60 bytes each: a page of 100,000 rows has
 * 400,000, a page of 5,000 points some 200,000.
 */
export const JSON_VALUES_MAX = 600_000;

/**
 * The share of the bytes that may be parsed, for a body with bare numbers: its text is in memory twice, beside the
 * pieces of the second. A page that is scanned does not need it.
 */
export const BARE_SHARE = 0.6;

/** What follows the rows of a page that is scanned: a cursor and a boolean. */
export const PAGE_REST_BYTES_MAX = 64 * 1024;

/** A cursor is sent in a URL and stored in the database; the vendor's own has about 80 characters. */
export const CURSOR_CHARS_MAX = 4_096;

/** Rows of a timestamp, remembered over all its pages: 8 bytes and a set's entry each. */
export const BOUNDARY_ROWS_MAX = 200_000;

/** Points a page of the list: the largest of the vendor's choices that stays near 5 MB of JSON. */
export const POINTS_PER_PAGE = 5_000;

/** Pages of a list of points: `POINTS_MAX` at a hundred a page. At one point a page a list would take days. */
export const POINTS_PAGES_MAX = 2_000;

/** An error's body is read for its message only. */
export const ERROR_BODY_BYTES_MAX = 64 * 1024;

/** What a message quotes of a body. */
export const EXCERPT_CHARS_MAX = 200;

/** The pause after a 429 without a usable `Retry-After`: the vendor counts its limit by the minute. */
export const RETRY_AFTER_DEFAULT_MS = 60_000;

/** The longest pause: a longer `Retry-After` is cut to this. */
export const RETRY_AFTER_MAX_MS = 3_600_000;

/** Pages that must succeed before the page size goes up again. */
export const SUCCESSES_BEFORE_STEP_UP = 10;

/** The page size does not step below this by itself: 3,741 requests a day are 75 minutes. */
export const PAGE_SIZE_FLOOR = 1_000;
