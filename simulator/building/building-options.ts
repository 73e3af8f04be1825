import type { UtcDay } from "../../src/domain/day.ts";
import type { NamedPoint } from "./names.ts";

/**
 * When the rows of a day come, and from which points. `bursts`: thousands of rows share a timestamp, points in the same
 * order. `scattered`: every row has its own timestamp, points in no order and about equally often. `changes`: the same,
 * but few points report often and most seldom, values are float32 noise, and names have 90 characters.
 */
export const SHAPES = ["bursts", "scattered", "changes"] as const;
export type Shape = (typeof SHAPES)[number];

export interface BuildingOptions {
  /** The number of points with data. */
  readonly pointsPerSite: number;
  /** The exact number of rows of every day. */
  readonly samplesPerDay: number;
  /** The share of rows that are not plain readings. */
  readonly oddShare: number;
  /**
   * The share of rows that repeat a point within one millisecond; with the shape `bursts` half of them within one
   * microsecond.
   */
  readonly duplicateShare: number;
  /** The number of points with data that are not configured. */
  readonly unconfigured: number;
  /** The number of configured points without data, in addition to `pointsPerSite`. */
  readonly silent: number;
  /** Default: `bursts`. */
  readonly shape?: Shape | undefined;
  /** Seconds between bursts; default: the longest time that gives `samplesPerDay`. Other shapes have no bursts. */
  readonly tickSeconds?: number | undefined;
  readonly seed: number;
}

/** What the rows of a day are made from. */
export interface DayPlan {
  readonly day: UtcDay;
  /** The points with data. */
  readonly points: readonly NamedPoint[];
  /** Of the site; the day is not mixed into it. */
  readonly seed: number;
  readonly options: BuildingOptions;
}
