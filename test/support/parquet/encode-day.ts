import type { SampleColumns } from "../../../src/domain/samples.ts";
import { concatenate } from "../../../src/parquet/bytes.ts";
import { encodeFooter, type FileSpec } from "../../../src/parquet/file/file.ts";
import { encodeSlice, FILE_START, type MergeOptions } from "../../../src/parquet/merge/merge.ts";
import { type Block, type BlockSource, sortRun, toBlocks } from "../../../src/parquet/run/run.ts";

/** A block source in memory. */
export class MemoryBlocks implements BlockSource {
  readonly #blocks: Block[] = [];

  add(blocks: readonly Block[]): void {
    this.#blocks.push(...blocks);
  }

  blocks(bucket: number): { id: number; bytes: number }[] {
    return this.#blocks.flatMap((block, id) =>
      block.bucket === bucket ? [{ id, bytes: block.bytes.length }] : [],
    );
  }

  read(id: number, offset = 0, length?: number): Uint8Array {
    const bytes = this.#blocks[id]?.bytes ?? new Uint8Array();
    return bytes.subarray(offset, length === undefined ? undefined : offset + length);
  }
}

/** Encodes the file of a day from its samples, for tests and fixtures. `runs` may be in any order. */
export function encodeDay(spec: FileSpec, runs: readonly SampleColumns[], options: MergeOptions): Uint8Array {
  const source = new MemoryBlocks();
  for (const run of runs) source.add(toBlocks(sortRun(run), spec.dayStartMs * 1000, spec.names.length));
  return encodeBlocks(spec, source, options);
}

/** Encodes the file of a day from its blocks, slice by slice. */
export function encodeBlocks(spec: FileSpec, source: BlockSource, options: MergeOptions): Uint8Array {
  const parts: Uint8Array[] = [];
  const metadata: Uint8Array[] = [];
  let position = FILE_START;
  while (!position.merge.done) {
    position = encodeSlice(source, position, spec, options, (group) => {
      parts.push(group.bytes);
      metadata.push(group.metadata);
    });
  }
  parts.push(encodeFooter(metadata, spec));
  return concatenate(parts);
}
