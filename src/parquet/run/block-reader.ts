import {
  type BlockLayout,
  HEADER_BYTES,
  readHeader,
  SAMPLE_BYTES,
  SEGMENT_BYTES,
  SEGMENT_FIELDS,
  SEGMENT_FIRST_MS,
  SEGMENT_LAST_MS,
  SEGMENT_POINT,
  SEGMENT_SAMPLES,
} from "./block.ts";
import type { BlockSource } from "./block-source.ts";
import type { PointSamples } from "./point-samples.ts";

/** A point's samples in one block, perhaps not yet read. */
export interface Segment {
  readonly reader: BlockReader;
  /** The first of its rows in the block. */
  readonly start: number;
  readonly samples: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Walks the segments of one block in order of point. Holds the segment table, and of the samples a window of
 * about `windowBytes`: segments are small and many, and SQLite reads the whole value to give a part of it.
 */
export class BlockReader {
  readonly #source: BlockSource;
  readonly #id: number;
  readonly #layout: BlockLayout;
  readonly #table: Uint32Array;
  readonly #windowSamples: number;
  #segment = 0;
  #start = 0;
  #windowStart = 0;
  #windowEnd = 0;
  #value: Float64Array = new Float64Array(0);
  #ms: Uint32Array = new Uint32Array(0);
  #micros: Uint16Array = new Uint16Array(0);

  /** Throws `BlockUnreadable`. */
  constructor(source: BlockSource, block: { id: number; bytes: number }, windowBytes: number) {
    this.#source = source;
    this.#id = block.id;
    this.#windowSamples = Math.floor(windowBytes / SAMPLE_BYTES);
    const whole = block.bytes <= windowBytes ? aligned(source.read(block.id)) : undefined;
    this.#layout = readHeader(block.id, whole ?? source.read(block.id, 0, HEADER_BYTES), block.bytes);
    const table = whole ?? aligned(source.read(block.id, HEADER_BYTES, this.tableBytes));
    const tableAt = table.byteOffset + (whole ? HEADER_BYTES : 0);
    this.#table = new Uint32Array(table.buffer, tableAt, this.#layout.segments * SEGMENT_FIELDS);
    if (whole) this.#windowOver(whole);
  }

  /** Bytes of the segment table. */
  get tableBytes(): number {
    return SEGMENT_BYTES * this.#layout.segments;
  }

  /** The point of the segment it stands at; Infinity behind the last. */
  get point(): number {
    return this.#segment < this.#layout.segments ? this.#field(SEGMENT_POINT) : Number.POSITIVE_INFINITY;
  }

  /** The segment it stands at; steps to the next. */
  take(): Segment {
    const segment: Segment = {
      reader: this,
      start: this.#start,
      samples: this.#field(SEGMENT_SAMPLES),
      firstMs: this.#field(SEGMENT_FIRST_MS),
      lastMs: this.#field(SEGMENT_LAST_MS),
    };
    this.#segment++;
    this.#start += segment.samples;
    return segment;
  }

  /** Appends a segment's samples to `into`. */
  copy(segment: Segment, into: PointSamples): void {
    const { start, samples } = segment;
    if (samples > this.#windowSamples) {
      // Larger than the block's share of memory: read for this once, and let go.
      into.append(
        this.#values(start, samples),
        this.#millis(start, samples),
        this.#micro(start, samples),
        0,
        samples,
      );
      return;
    }
    if (start < this.#windowStart || start + samples > this.#windowEnd) this.#moveWindow(start);
    into.append(this.#value, this.#ms, this.#micros, start - this.#windowStart, samples);
  }

  #field(field: number): number {
    return this.#table[this.#segment * SEGMENT_FIELDS + field] as number;
  }

  #windowOver(whole: Uint8Array): void {
    const { samples, value, ms, micros } = this.#layout;
    this.#windowEnd = samples;
    this.#value = new Float64Array(whole.buffer, whole.byteOffset + value, samples);
    this.#ms = new Uint32Array(whole.buffer, whole.byteOffset + ms, samples);
    this.#micros = new Uint16Array(whole.buffer, whole.byteOffset + micros, samples);
  }

  #moveWindow(start: number): void {
    const samples = Math.min(this.#windowSamples, this.#layout.samples - start);
    this.#windowStart = start;
    this.#windowEnd = start + samples;
    this.#value = this.#values(start, samples);
    this.#ms = this.#millis(start, samples);
    this.#micros = this.#micro(start, samples);
  }

  #values(start: number, samples: number): Float64Array {
    const bytes = this.#part(this.#layout.value, 8, start, samples);
    return new Float64Array(bytes.buffer, bytes.byteOffset, samples);
  }

  #millis(start: number, samples: number): Uint32Array {
    const bytes = this.#part(this.#layout.ms, 4, start, samples);
    return new Uint32Array(bytes.buffer, bytes.byteOffset, samples);
  }

  #micro(start: number, samples: number): Uint16Array {
    const bytes = this.#part(this.#layout.micros, 2, start, samples);
    return new Uint16Array(bytes.buffer, bytes.byteOffset, samples);
  }

  #part(column: number, width: number, start: number, samples: number): Uint8Array {
    return aligned(this.#source.read(this.#id, column + width * start, width * samples));
  }
}

/** A source may hand out a view at any offset; columns need theirs at a multiple of eight. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}
