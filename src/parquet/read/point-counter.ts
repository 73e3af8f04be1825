import type { EpochMs } from "../../domain/day.ts";
import { compareBytes } from "../bytes.ts";
import { decodeColumn, type GroupBytes } from "./columns.ts";
import { FileUnreadable } from "./unreadable.ts";

/** How many samples of a point a file has, and from when to when. */
export interface PointCount {
  readonly point: string;
  readonly samples: number;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
}

/** Counts the samples of each point in row groups, which must be given in the order of the file. */
export class PointCounter {
  readonly counted: PointCount[] = [];
  #name: Uint8Array | undefined;
  // A name may begin with U+FEFF, which is then a part of the name, not a byte order mark.
  readonly #decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

  count(group: GroupBytes): void {
    const { rows } = group;
    const pointName = decodeColumn(group, "pointName");
    const timestamp = decodeColumn(group, "timestamp");
    for (let row = 0; row < rows; ) {
      const name = pointName[row];
      if (!(name instanceof Uint8Array)) throw new FileUnreadable("a point name is of another type");
      const first = row;
      // Rows of a page share one array for a repeated name.
      while (row < rows && pointName[row] === name) row += 1;
      this.#add(name, row - first, timestamp[first], timestamp[row - 1]);
    }
  }

  #add(name: Uint8Array, samples: number, firstMs: unknown, lastMs: unknown): void {
    if (typeof firstMs !== "bigint" || typeof lastMs !== "bigint") {
      throw new FileUnreadable("a timestamp is of another type");
    }
    const order = this.#name ? compareBytes(name, this.#name) : 1;
    if (order < 0) throw new FileUnreadable("its rows are not sorted by point");
    const earlier = order === 0 ? this.counted.pop() : undefined;
    this.#name = name;
    this.counted.push({
      point: this.#decoder.decode(name),
      samples: samples + (earlier?.samples ?? 0),
      firstMs: earlier?.firstMs ?? Number(firstMs),
      lastMs: Number(lastMs),
    });
  }
}
