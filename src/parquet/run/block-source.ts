/** Where the blocks of one site-day are kept, as `toBlocks` made them, in any order. They don't change. */
export interface BlockSource {
  /** The blocks of a bucket and the length of each in bytes. */
  blocks(bucket: number): { id: number; bytes: number }[];
  /** A block, or `length` bytes of it from `offset`. */
  read(id: number, offset?: number, length?: number): Uint8Array;
}
