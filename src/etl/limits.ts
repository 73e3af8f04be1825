/** The times and bounds of the sync, each with its reason. */

/** The newest windows are read at every multiple of this time: the cron trigger's `*\/5 * * * *`. */
export const SYNC_MS = 300_000;

/** A window is read once more if its last reading began sooner after its end: the API shows samples with a delay. */
export const SETTLING_MS = 120_000;

/** An hour is read as a whole for the first time so long after its end; until then its windows are read one by one. */
export const HOUR_AFTER_MS = 15 * 60_000;

/** An hour is read again after this time. Shorter than the promised hour, so that retries and queues fit in. */
export const REREAD_MS = 55 * 60_000;

/** Samples that the API shows up to this much late are found by reading hours again; later ones by the archive. */
export const LATE_MS = 2 * 3_600_000;

/** While a due day is not done, the site's backfill is asked about it this often. */
export const EXCHANGE_MS = 60_000;

/** The list of points is loaded again after this time. */
export const POINTS_AGE_MS_MAX = 3_600_000;

/** A halted site tries again after this time: a key may be valid again without a deployment of this Worker. */
export const HALT_MS = 3_600_000;

/** The pause after a failure, doubling with each: of the API as a whole, and of one window that can't be read. */
export const PAUSE_MS = 60_000;
export const API_PAUSE_MS_MAX = SYNC_MS;
export const WINDOW_PAUSE_MS_MAX = 3_600_000;

/** The pause after hot storage failed. */
export const HOT_PAUSE_MS = 30_000;

/** The pause after a day that can't leave hot storage, doubling up to a day: each attempt fetches the day again. */
export const ROLL_OVER_PAUSE_MS = 3_600_000;
export const ROLL_OVER_PAUSE_MS_MAX = 24 * 3_600_000;

/** Samples of a window, 25 times the reference site's: a reading is in memory as a whole, 20 bytes a sample. */
export const WINDOW_SAMPLES_MAX = 250_000;

/** Memory of a sample beside its columns while samples are joined and encoded: copies of the columns, and the blocks. */
export const ENCODE_BYTES = 90;

/** Pages of a window: at the smallest page size that steps down lead to, 1,000 rows, those of `WINDOW_SAMPLES_MAX`. */
export const WINDOW_PAGES_MAX = 260;

/** A tick works so long, and on so many samples, before the next alarm: well under an alarm's 15 minutes and 30 s of CPU. */
export const TICK_MS = 60_000;
export const TICK_SAMPLES_MAX = 3_000_000;

/** Actions of a tick: one takes up to 15 statements, and an invocation may run 1,000 on D1. */
export const TICK_ACTIONS_MAX = 50;

/** Blocks that one step of a roll-over deletes, those of a reference day: well under the 30 s of a query. */
export const DELETED_BLOCKS_A_STEP = 1_000;

/** Errors that a site stores; each new one replaces the oldest. */
export const ERRORS_KEPT = 500;
