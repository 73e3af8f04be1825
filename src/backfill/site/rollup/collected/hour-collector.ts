import { BucketBuilder, hourOf } from "../../../../domain/buckets.ts";
import type { NamedSeries } from "../../../../domain/series.ts";
import { compareBytes } from "../../../../parquet/bytes.ts";
import { FileUnreadable, type GroupBytes, namedSeries } from "../../../../parquet/read/read.ts";
import { encodeRollupGroup, type RollupPoint } from "../../../../parquet/rollup/rollup.ts";
import type { CollectedBlock, CollectedDay } from "./collected-days.ts";
import type { Collector } from "./collector.ts";

/** A block ends with the point that reaches so many rows or bytes of names: a merge has one block of each day in memory. */
const BLOCK_ROWS = 1_000;
const BLOCK_NAME_BYTES = 32 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Makes hours of the samples of one point after another, and blocks of the points. */
export class HourCollector implements Collector {
  readonly #site: string;
  readonly #blocks: CollectedBlock[] = [];
  #open: { readonly name: Uint8Array; readonly builder: BucketBuilder } | undefined;
  #points: RollupPoint[] = [];
  #rows = 0;
  #nameBytes = 0;
  #lastName = new Uint8Array();
  bytes = 0;

  constructor(site: string, open: CollectedDay["open"]) {
    this.#site = site;
    this.#open = open && { name: open.name, builder: BucketBuilder.restore(open.buckets, hourOf) };
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
    this.#points.push({ name: decoder.decode(name), hours });
    this.#rows += hours.ms.length;
    this.#nameBytes += name.length;
    this.#lastName = new Uint8Array(name);
    this.#open = undefined;
    if (this.#rows >= BLOCK_ROWS || this.#nameBytes >= BLOCK_NAME_BYTES) this.endBlock();
  }

  endBlock(): readonly CollectedBlock[] {
    if (this.#points.length === 0) return this.#blocks;
    const { bytes, metadata } = encodeRollupGroup({ site: this.#site }, this.#points, 0);
    this.#blocks.push({ lastName: this.#lastName, metadata, data: bytes });
    this.bytes += bytes.length + metadata.length;
    this.#points = [];
    this.#rows = 0;
    this.#nameBytes = 0;
    return this.#blocks;
  }
}
