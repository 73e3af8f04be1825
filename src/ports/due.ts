/**
 * Due days, as the ETL Sync Worker calls the site's object of the Backfill Worker: days that the site fetches and
 * archives by itself, apart from any job.
 */
import type { EpochMs, UtcDay } from "../domain/day.ts";
import type { NamedSeries } from "../domain/series.ts";
import type { SiteName } from "../domain/site.ts";

/** A day to archive. */
export interface DueDay {
  readonly date: UtcDay;
  /** The day's object has to come from a fetch that began at this time or later. */
  readonly fetchedSince: EpochMs;
}

/** What a caller says beside the list. */
export interface DueOptions {
  /** The name of the site, which an object that is called for the first time may not know. */
  readonly site?: SiteName;
  /** Hot storage is responsible for days from this one on: before one of their objects is replaced, hot stops vouching. */
  readonly hotFrom?: UtcDay;
}

export interface DueReport {
  /** An operator has paused due days. */
  readonly paused: boolean;
  /** The days of the list, in order. */
  readonly days: readonly DueDayView[];
}

/** How far a due day is. Times are ISO 8601 in UTC. The same shape as `dueDayView` of the contract. */
export interface DueDayView {
  readonly date: string;
  /**
   * `published`: the ledger has a verified object whose fetch began at `fetchedSince` or later, and no rows of
   * `addHotSamples` wait for the next one. `failed`: the last attempt failed, the next begins at `retry_at`.
   */
  readonly state: "waiting" | "running" | "failed" | "published";
  /** The beginning of the fetch that the day's present object is made of; null where it is not known. */
  readonly fetched_at: string | null;
  /** Of the day's present object; null where the ledger has no verified object. */
  readonly records: number | null;
  readonly sha256: string | null;
  /** Failed attempts in a row. */
  readonly failures: number;
  /** Why the last attempt failed. */
  readonly error: string | null;
  readonly retry_at: string | null;
}

/** The rows of each point in the verified object of a day, read from R2. */
export interface PointCounts {
  readonly sha256: string;
  /** In the order of the names. */
  readonly counts: readonly (readonly [name: string, samples: number])[];
}

/** Rows that hot storage has of points that are no longer configured or served. A call holds at most `HOT_SAMPLES_A_CALL`. */
export interface HotSamples {
  /** All of the day. */
  readonly points: readonly NamedSeries[];
}

/** Samples of one call of `addHotSamples`: 3.2 MB, which the receiver holds beside its pipeline. */
export const HOT_SAMPLES_A_CALL = 200_000;

/** A site's due days. Every call may be repeated after an unknown outcome. */
export interface DueDays {
  /** Replaces the list of the site's due days; the same list changes nothing. */
  setDue(days: readonly DueDay[], options?: DueOptions): Promise<DueReport>;
  /** undefined: the day has no verified object, or R2 has another. Throws where R2 can't be read. */
  countPoints(date: UtcDay): Promise<PointCounts | undefined>;
  /**
   * Stores rows for the day's next object, durable on return. The rows of a point replace those that an earlier call
   * has stored of it; other points stay. Throws where the rows are invalid, or more than a day may have.
   */
  addHotSamples(date: UtcDay, samples: HotSamples): Promise<void>;
}
