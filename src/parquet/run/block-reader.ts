import { DayFault } from "../day-fault.ts";
import {
  type BlockColumns,
  type BlockLayout,
  blockColumns,
  HEADER_BYTES,
  readHeader,
  SAMPLE_BYTES,
  SEGMENT_BYTES,
  SEGMENT_FIELDS,
  SEGMENT_FIRST_MS,
  SEGMENT_LAST_MS,
  SEGMENT_POINT,
  SEGMENT_SAMPLES,
} from "./block-layout.ts";
import type { PointSamples } from "./point-samples.ts";

/** Reads the stored blocks of one site-day, as `toBlocks` returned them, in any order. Blocks never change. */
export interface BlockSource {
  /** The blocks of a bucket and the length of each in bytes. */
  blocks(bucket: number): readonly StoredBlock[];
  /** By id: the ranks of the points by their names; absent where ids have that order themselves. */
  readonly ranks?: Uint32Array | undefined;
  /** A whole block, or `length` bytes of it from `offset`. */
  read(id: number, offset?: number, length?: number): Uint8Array;
}

export interface StoredBlock {
  readonly id: number;
  readonly bytes: number;
  /** Whether its samples are replaced by those of other blocks at the same microsecond. */
  readonly givesWay?: boolean;
}

/** One point's samples in one block. The samples may not have been read yet. */
export interface Segment {
  readonly reader: BlockReader;
  /** The index of its first sample in the block. */
  readonly start: number;
  readonly samples: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Reads the segments of one block in order of point. Memory: the segment table, and a window over the samples of
 * about `windowBytes`. The window saves reads: segments are small and many, and SQLite reads a whole value to
 * return a part of it.
 */
export class BlockReader {
  readonly #source: BlockSource;
  readonly #id: number;
  readonly #layout: BlockLayout;
  readonly #table: Uint32Array;
  readonly #windowSamples: number;
  readonly #givesWay: boolean;
  #segment = -1;
  #start = 0;
  #point = Number.POSITIVE_INFINITY;
  #window: BlockColumns | undefined;

  /** Throws `DayFault`. */
  constructor(source: BlockSource, block: StoredBlock, windowBytes: number) {
    this.#source = source;
    this.#givesWay = block.givesWay === true;
    this.#id = block.id;
    this.#windowSamples = Math.floor(windowBytes / SAMPLE_BYTES);
    const whole = block.bytes <= windowBytes ? aligned(source.read(block.id)) : undefined;
    this.#layout = readHeader(block.id, whole ?? source.read(block.id, 0, HEADER_BYTES), block.bytes);
    const table =
      whole?.subarray(HEADER_BYTES) ?? aligned(source.read(block.id, HEADER_BYTES, this.tableBytes));
    this.#table = new Uint32Array(table.buffer, table.byteOffset, this.#layout.segments * SEGMENT_FIELDS);
    if (whole) {
      this.#window = blockColumns(this.#layout, 0, this.#layout.samples, (offset) => whole.subarray(offset));
    }
    this.#advance();
  }

  /** Bytes of the segment table. */
  get tableBytes(): number {
    return SEGMENT_BYTES * this.#layout.segments;
  }

  /** The rank of the current segment's point; Infinity after the last segment. */
  get point(): number {
    return this.#point;
  }

  /** Returns the current segment and moves to the next. Throws `DayFault` "point-unnamed". */
  next(): Segment {
    const segment: Segment = {
      reader: this,
      start: this.#start,
      samples: this.#field(SEGMENT_SAMPLES),
      firstMs: this.#field(SEGMENT_FIRST_MS),
      lastMs: this.#field(SEGMENT_LAST_MS),
    };
    this.#start += segment.samples;
    this.#advance();
    return segment;
  }

  /** Appends a segment's samples to `into`. */
  copy({ start, samples }: Segment, into: PointSamples): void {
    let window = this.#window;
    if (!window || start < window.start || start + samples > window.end) {
      const end = Math.min(start + Math.max(samples, this.#windowSamples), this.#layout.samples);
      window = blockColumns(this.#layout, start, end, (offset, length) =>
        aligned(this.#source.read(this.#id, offset, length)),
      );
      // A segment that is larger than the window is read for this copy and not kept.
      if (samples <= this.#windowSamples) this.#window = window;
    }
    into.append(window, start - window.start, samples, this.#givesWay);
  }

  #advance(): void {
    this.#segment++;
    this.#point = Number.POSITIVE_INFINITY;
    if (this.#segment >= this.#layout.segments) return;
    const id = this.#field(SEGMENT_POINT);
    const { ranks } = this.#source;
    const rank = ranks ? ranks[id] : id;
    if (rank === undefined) throw new DayFault("point-unnamed", `point ${id} has no name`, { point: id });
    this.#point = rank;
  }

  #field(field: number): number {
    return this.#table[this.#segment * SEGMENT_FIELDS + field] as number;
  }
}

/** A source may return a view at any offset; columns need an offset that is a multiple of eight. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}
