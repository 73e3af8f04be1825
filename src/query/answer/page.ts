import type { FormatName, QueryMetadata } from "../../contract/query.ts";
import { writeArrow } from "./arrow.ts";
import type { Block } from "./blocks.ts";
import { writeCsv } from "./csv.ts";
import { writeJson } from "./json.ts";
import { writeNdjson } from "./ndjson.ts";

/** A page on its way out. */
export interface Page {
  readonly siteName: string;
  readonly pointNames: readonly string[];
  readonly blocks: AsyncIterable<Block>;
  /** Complete once the last block was taken. */
  metadata(): QueryMetadata;
}

/** Takes a block, gives its bytes, takes the next: it holds one at a time. */
export type Write = (page: Page) => AsyncGenerator<Uint8Array, void>;

export const WRITERS: Readonly<Record<FormatName, Write>> = {
  json: writeJson,
  csv: writeCsv,
  ndjson: writeNdjson,
  arrow: writeArrow,
};
