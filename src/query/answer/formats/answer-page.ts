import type { QueryMetadata, TimeForm } from "../../../contract/query.ts";
import type { RowBatch } from "../row-batches.ts";

/** A page of an answer as the formats get it. */
export interface AnswerPage {
  readonly siteName: string;
  readonly pointNames: readonly string[];
  /** How the formats of text write a timestamp. */
  readonly time: TimeForm;
  readonly batches: AsyncIterable<RowBatch>;
  /** Complete once the last batch has been taken. */
  metadata(): QueryMetadata;
}

const encoder = new TextEncoder();

export const utf8 = (text: string): Uint8Array => encoder.encode(text);
