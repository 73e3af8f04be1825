/** What the hot storage has of a site, and what a writer gives it. */
import type { EpochMs, UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";

/** A site as its writer has claimed it. A later claim raises the epoch, and this writer can commit nothing more. */
export interface HotSite {
  readonly id: number;
  readonly name: SiteName;
  readonly epoch: number;
  /** Samples before it are not expected in hot. */
  readonly sinceMs: EpochMs;
  /** Every window before it has been read; null: none has. */
  readonly watermarkMs: EpochMs | null;
}

/** A window as it was last read. Windows of a day don't overlap. */
export interface HotWindow {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** The API was asked for the samples before this time; the window is complete where it is not before `toMs`. */
  readonly readToMs: EpochMs;
  readonly readAtMs: EpochMs;
  /** The day's version when the window was read; a window of an older version than its day's is stale. */
  readonly version: number;
  /** Stored samples of all points. */
  readonly samples: number;
  /** null: it has no samples. */
  readonly newestMs: EpochMs | null;
}

/** A day that hot is responsible for. */
export interface HotDay {
  readonly day: UtcDay;
  /** Raised whenever an object of the day may have been replaced in the archive. */
  readonly version: number;
  /** Hot alone answers for the day: every window of it is complete and of the day's version. */
  readonly whole: boolean;
  /** Hot no longer answers for the day, and its blocks are being deleted. */
  readonly released: boolean;
  /** Of all points, in windows of the day's version. */
  readonly samples: number;
}

export interface HotState {
  /** In order of time. */
  readonly windows: readonly HotWindow[];
  /** In order; also those that are released. */
  readonly days: readonly HotDay[];
}

/** The points that a reading is of, as `HotWriter.numberPoints` returned them. */
export interface HotPoints {
  /** In the order of the names. */
  readonly numbers: Uint32Array;
  /** How many points of the site have a number; numbers are from 0 on, without gaps. */
  readonly count: number;
}

/** Samples ascending by (number of the point, millisecond), each once. */
export interface HotColumns {
  /** Rows in use; the arrays may be longer. */
  readonly length: number;
  readonly number: Uint32Array;
  /** Milliseconds since the epoch. */
  readonly ms: Float64Array;
  /** Finite. */
  readonly value: Float64Array;
}

/** A window of a reading. Its samples are counted when it is stored. */
export interface ReadWindow extends Omit<HotWindow, "samples" | "newestMs"> {
  /** JSON, kept with the window. */
  readonly evidence: string;
}

/**
 * What the API has said of consecutive windows of one day. It replaces what hot has of `points` in these windows. Hot's
 * samples of other points stay; samples of other points in `samples` are added to them.
 */
export interface HotReading {
  readonly windows: readonly ReadWindow[];
  /** All in one of the windows. */
  readonly samples: HotColumns;
  readonly points: HotPoints;
  /** The site's watermark from now on. */
  readonly watermarkMs: EpochMs | null;
}
