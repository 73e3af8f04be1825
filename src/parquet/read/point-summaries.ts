import type { EpochMs } from "../../domain/day.ts";
import { compareBytes } from "../byte-order.ts";
import { FileUnreadable } from "./file-unreadable.ts";
import type { GroupColumns } from "./row-counter.ts";

/** What a file holds of a point. */
export interface PointCount {
  readonly point: string;
  readonly samples: number;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
}

/** Counts the samples of each point, whose rows follow one another in order of time. */
export class PointCounter {
  readonly counted: PointCount[] = [];
  #name: Uint8Array | undefined;
  // A name may begin with U+FEFF, which is a letter of it and no mark.
  readonly #decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

  count({ rows, timestamp, pointName }: Pick<GroupColumns, "rows" | "timestamp" | "pointName">): void {
    for (let row = 0; row < rows; ) {
      const name = pointName[row];
      if (!(name instanceof Uint8Array)) throw new FileUnreadable("a point name is of another type");
      const first = row;
      // Repeated names of a page share one array.
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
    const known = order === 0 ? this.counted.pop() : undefined;
    this.#name = name;
    this.counted.push({
      point: this.#decoder.decode(name),
      samples: samples + (known?.samples ?? 0),
      firstMs: known?.firstMs ?? Number(firstMs),
      lastMs: Number(lastMs),
    });
  }
}
