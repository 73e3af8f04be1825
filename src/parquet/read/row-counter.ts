import type { EpochMs } from "../../domain/day.ts";
import { compareBytes } from "../byte-order.ts";
import { FileUnreadable } from "./file-unreadable.ts";

/** What a file holds by its own rows, not by its footer. */
export interface Recount {
  readonly rows: number;
  readonly points: number;
  readonly firstTimestampMs: EpochMs | undefined;
  readonly lastTimestampMs: EpochMs | undefined;
  /** Strictly ascending by (point_name in UTF-8 bytes, timestamp): so no pair is there twice. */
  readonly sorted: boolean;
  /** Every row has the expected site. */
  readonly siteMatches: boolean;
}

/** A row group as decoded, not yet known to be what the schema says. */
export interface GroupColumns {
  readonly rows: number;
  /** Milliseconds as bigints, as they are stored. */
  readonly timestamp: ArrayLike<unknown>;
  readonly pointName: ArrayLike<unknown>;
  readonly value: ArrayLike<unknown>;
  readonly siteName: ArrayLike<unknown>;
}

/** Follows the rows in the order of the file. */
export class RowCounter {
  counted: Recount = {
    rows: 0,
    points: 0,
    firstTimestampMs: undefined,
    lastTimestampMs: undefined,
    sorted: true,
    siteMatches: true,
  };
  readonly #site: Uint8Array;
  #point: Uint8Array = new Uint8Array();
  #timestamp = Number.NEGATIVE_INFINITY;

  constructor(site: string) {
    this.#site = new TextEncoder().encode(site);
  }

  count({ rows, timestamp, pointName, value, siteName }: GroupColumns): void {
    let { points, sorted, siteMatches } = this.counted;
    let first = this.counted.firstTimestampMs ?? Number.POSITIVE_INFINITY;
    let last = this.counted.lastTimestampMs ?? Number.NEGATIVE_INFINITY;
    let site: unknown;
    for (let row = 0; row < rows; row++) {
      const ms = timestamp[row];
      const name = pointName[row];
      if (typeof ms !== "bigint" || !(name instanceof Uint8Array) || !Number.isFinite(value[row])) {
        throw new FileUnreadable(`row ${this.counted.rows + row} has a value of another type, or none`);
      }
      const at = Number(ms);
      const order = points === 0 ? 1 : name === this.#point ? 0 : compareBytes(name, this.#point);
      if (order !== 0) points++;
      if (order < 0 || (order === 0 && at <= this.#timestamp)) sorted = false;
      this.#point = name;
      this.#timestamp = at;
      if (at < first) first = at;
      if (at > last) last = at;
      if (siteName[row] !== site) {
        site = siteName[row];
        if (!(site instanceof Uint8Array) || compareBytes(site, this.#site) !== 0) siteMatches = false;
      }
    }
    this.counted = {
      rows: this.counted.rows + rows,
      points,
      firstTimestampMs: first === Number.POSITIVE_INFINITY ? undefined : first,
      lastTimestampMs: last === Number.NEGATIVE_INFINITY ? undefined : last,
      sorted,
      siteMatches,
    };
  }
}
