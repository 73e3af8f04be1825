import { BucketBuilder, hourOf } from "../../../../domain/buckets.ts";
import type { NamedSeries } from "../../../../domain/series.ts";
import { compareBytes } from "../../../../parquet/bytes.ts";
import { FileUnreadable, type GroupBytes, namedSeries } from "../../../../parquet/read/read.ts";
import { encodeRollupGroup, type RollupPoint } from "../../../../parquet/rollup/rollup.ts";
import { BlockBuilder } from "./block-builder.ts";
import type { CollectedBlock, CollectedDay } from "./collected-days.ts";
import type { Collector } from "./collector.ts";

const BLOCK_ROWS = 1_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Makes hours of the samples of one point after another, and blocks of the points. */
export class HourCollector implements Collector {
  readonly #blocks: BlockBuilder<RollupPoint>;
  #open: { readonly name: Uint8Array; readonly builder: BucketBuilder } | undefined;

  constructor(site: string, open: CollectedDay["open"]) {
    this.#blocks = new BlockBuilder(BLOCK_ROWS, (points) => encodeRollupGroup({ site }, points, 0));
    this.#open = open && { name: open.name, builder: BucketBuilder.restore(open.buckets, hourOf) };
  }

  get bytes(): number {
    return this.#blocks.bytes;
  }

  /** The point that further samples may continue. */
  get open(): CollectedDay["open"] {
    return this.#open && { name: this.#open.name, buckets: this.#open.builder.save() };
  }

  add(group: GroupBytes): void {
    for (const series of namedSeries(group, () => true)) this.#addSeries(series);
  }

  end(): readonly CollectedBlock[] {
    this.#endPoint();
    return this.endBlock();
  }

  /** Samples of a point, after those of the same point and of points before it. Throws `FileUnreadable`. */
  #addSeries({ name, ms, value }: NamedSeries): void {
    const bytes = encoder.encode(name);
    const order = this.#open ? compareBytes(bytes, this.#open.name) : 1;
    if (order < 0) throw new FileUnreadable("its rows are not in order");
    if (order > 0) {
      this.#endPoint();
      this.#open = { name: bytes, builder: new BucketBuilder(hourOf) };
    }
    const builder = this.#open?.builder;
    for (let row = 0; row < ms.length; row++) builder?.add(ms[row] as number, value[row] as number);
  }

  /** No sample of the open point follows. */
  #endPoint(): void {
    if (!this.#open) return;
    const { builder, name } = this.#open;
    const hours = builder.take();
    this.#open = undefined;
    this.#blocks.add({ name: decoder.decode(name), hours }, name, hours.ms.length);
  }

  endBlock(): readonly CollectedBlock[] {
    return this.#blocks.endBlock();
  }
}
