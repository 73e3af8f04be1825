import type { AsyncBuffer } from "hyparquet";
import type { NamedSeries } from "../../domain/series.ts";
import { type ByteRange, type GroupBytes, namedSeries, readAhead } from "../read/read.ts";
import { indexedGroupOf } from "./encode-rollup.ts";
import { indexBytesOf } from "./key-values.ts";
import { SAMPLE_KEYS } from "./rollup-format.ts";
import { chunksFrom, RollupIndex } from "./rollup-index.ts";

/** Bytes of a file's end that are read first: the index of a quarter of the reference site. */
const END_BYTES = 128 * 1024;

/**
 * All row groups of a file, in order; `keys` are the columns of its resolution. Memory: the index, one row group, and 4 MiB of
 * the file. Throws `FileUnreadable`.
 */
export async function* groupsOfRollup<K extends string>(
  file: AsyncBuffer,
  keys: readonly K[],
): AsyncGenerator<GroupBytes<Readonly<Record<K, ByteRange>>>> {
  const size = file.byteLength;
  let end = new Uint8Array(await file.slice(Math.max(0, size - END_BYTES), size));
  const indexBytes = indexBytesOf(end, size);
  if (indexBytes > end.length) end = new Uint8Array(await file.slice(size - indexBytes, size));
  const index = RollupIndex.read(end, size);
  const bytesOf = readAhead(file);
  for (let group = 0; group < index.groups; group++) {
    const bytesAt = await bytesOf([index.range(group)]);
    yield { rows: index.rows(group), chunks: index.chunks(group, keys), bytesAt };
  }
}

/** A row group that was encoded at offset 0, of its bytes and metadata. */
export function blockGroup<K extends string>(
  bytes: Uint8Array,
  metadata: Uint8Array,
  keys: readonly K[],
): GroupBytes<Readonly<Record<K, ByteRange>>> {
  const { rows, lengths } = indexedGroupOf(metadata, keys.length);
  const chunks = chunksFrom(bytes.length - lengths.reduce((sum, length) => sum + length, 0), lengths, keys);
  return { rows, chunks, bytesAt: (at, length) => bytes.subarray(at, at + length) };
}

/** Decodes a row group of samples that was encoded at offset 0. Throws `FileUnreadable`. */
export function decodeSampleBlock(bytes: Uint8Array, metadata: Uint8Array): NamedSeries[] {
  return [...namedSeries(blockGroup(bytes, metadata, SAMPLE_KEYS), () => true)];
}

/** All samples of a month, point by point; a point with many samples in several parts. Throws `FileUnreadable`. */
export async function* rollupSamples(file: AsyncBuffer): AsyncGenerator<NamedSeries> {
  for await (const group of groupsOfRollup(file, SAMPLE_KEYS)) yield* namedSeries(group, () => true);
}
