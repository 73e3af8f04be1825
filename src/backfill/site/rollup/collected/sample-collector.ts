import type { NamedSeries } from "../../../../domain/series.ts";
import { compareBytes } from "../../../../parquet/bytes.ts";
import { FileUnreadable, type GroupBytes, namedSeries } from "../../../../parquet/read/read.ts";
import { encodeSampleGroup } from "../../../../parquet/rollup/rollup.ts";
import { BlockBuilder } from "./block-builder.ts";
import type { CollectedBlock, CollectedDay } from "./collected-days.ts";
import type { Collector } from "./collector.ts";

/** A block ends at so many rows, also within a point. */
const BLOCK_ROWS = 10_000;
const NO_BYTES = new Uint8Array();
const encoder = new TextEncoder();

/** Makes blocks of samples as they are. */
export class SampleCollector implements Collector {
  readonly #blocks: BlockBuilder<NamedSeries>;
  #last: Uint8Array;

  constructor(site: string, open: CollectedDay["open"]) {
    this.#blocks = new BlockBuilder(BLOCK_ROWS, (points) => encodeSampleGroup({ site }, points, 0));
    this.#last = open?.name ?? NO_BYTES;
  }

  get bytes(): number {
    return this.#blocks.bytes;
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
        const to = Math.min(ms.length, from + this.#blocks.rowsLeft);
        const part = { name, ms: ms.subarray(from, to), value: value.subarray(from, to) };
        this.#blocks.add(part, bytes, to - from);
        from = to;
      }
    }
  }

  endBlock(): readonly CollectedBlock[] {
    return this.#blocks.endBlock();
  }

  end(): readonly CollectedBlock[] {
    return this.#blocks.endBlock();
  }
}
