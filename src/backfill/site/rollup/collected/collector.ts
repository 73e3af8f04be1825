import type { GroupBytes } from "../../../../parquet/read/read.ts";
import type { CollectedBlock, CollectedDay } from "./collected-days.ts";

/** Makes blocks of the row groups of a day's object, which come in their order. */
export interface Collector {
  /** Of all blocks so far. */
  readonly bytes: number;
  readonly open: CollectedDay["open"];
  /** Throws `FileUnreadable`, also where the points do not ascend. */
  add(group: GroupBytes): void;
  /** Ends the block of the points so far. Returns all blocks. */
  endBlock(): readonly CollectedBlock[];
  /** No row group follows. Returns all blocks. */
  end(): readonly CollectedBlock[];
}
