import type { NamedSeries } from "../../../../domain/series.ts";
import { compareBytes } from "../../../../parquet/bytes.ts";
import { FileUnreadable, type GroupBytes, namedSeries } from "../../../../parquet/read/read.ts";
import { encodeSampleGroup } from "../../../../parquet/rollup/rollup.ts";
import type { CollectedBlock, CollectedDay } from "./collected-days.ts";
import type { Collector } from "./collector.ts";

/** A block ends at so many rows, also within a point, or bytes of names: a merge has one block of each day in memory. */
const BLOCK_ROWS = 10_000;
const BLOCK_NAME_BYTES = 32 * 1024;
const NO_BYTES = new Uint8Array();
const encoder = new TextEncoder();

/** Makes blocks of samples as they are. */
export class SampleCollector implements Collector {
  readonly #site: string;
  readonly #blocks: CollectedBlock[] = [];
  #last: Uint8Array;
  #points: NamedSeries[] = [];
  #rows = 0;
  #nameBytes = 0;
  bytes = 0;

  constructor(site: string, open: CollectedDay["open"]) {
    this.#site = site;
    this.#last = open?.name ?? NO_BYTES;
  }

  get open(): CollectedDay["open"] {
    return { name: this.#last, buckets: NO_BYTES };
  }

  add(group: GroupBytes): void {
    for (const { name, ms, value } of namedSeries(group, () => true)) {
      const bytes = encoder.encode(name);
      if (compareBytes(bytes, this.#last) < 0) throw new FileUnreadable("its rows are not in order");
      this.#last = bytes;
      for (let from = 0; from < ms.length; ) {
        const to = Math.min(ms.length, from + BLOCK_ROWS - this.#rows);
        this.#points.push({ name, ms: ms.subarray(from, to), value: value.subarray(from, to) });
        this.#rows += to - from;
        this.#nameBytes += bytes.length;
        from = to;
        if (this.#rows === BLOCK_ROWS || this.#nameBytes >= BLOCK_NAME_BYTES) this.endBlock();
      }
    }
  }

  endBlock(): readonly CollectedBlock[] {
    if (this.#points.length === 0) return this.#blocks;
    const { bytes, metadata } = encodeSampleGroup({ site: this.#site }, this.#points, 0);
    this.#blocks.push({ lastName: this.#last, metadata, data: bytes });
    this.bytes += bytes.length + metadata.length;
    this.#points = [];
    this.#rows = 0;
    this.#nameBytes = 0;
    return this.#blocks;
  }

  end(): readonly CollectedBlock[] {
    return this.endBlock();
  }
}
