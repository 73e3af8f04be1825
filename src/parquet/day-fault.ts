/**
 * The samples or the blocks of a day can't become a file. `block-unreadable`: another version wrote the block.
 * `sample-outside-day`, `point-unnamed`: the sample is of another day, or of another list of points. `tables-too-large`,
 * `overlap-too-large`: merging would exceed its memory.
 */
export class DayFault extends Error {
  readonly kind = "day-fault";
  readonly reason:
    | "block-unreadable"
    | "sample-outside-day"
    | "point-unnamed"
    | "tables-too-large"
    | "overlap-too-large";
  readonly data: Readonly<Record<string, number>>;

  constructor(reason: DayFault["reason"], message: string, data: DayFault["data"]) {
    super(message);
    this.reason = reason;
    this.data = data;
  }
}
