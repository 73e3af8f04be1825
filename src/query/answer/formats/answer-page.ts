/** A page of an answer as the formats get it, and the text of its rows. */
import type { QueryMetadata } from "../../../contract/query.ts";
import type { RowBatch } from "../row-batches.ts";

export interface AnswerPage {
  readonly siteName: string;
  readonly pointNames: readonly string[];
  readonly batches: AsyncIterable<RowBatch>;
  /** Complete once the last batch has been taken. */
  metadata(): QueryMetadata;
}

/** A batch's rows as text, each with its time in ISO 8601, UTC, with milliseconds. */
export function rowsOf(
  batch: RowBatch,
  row: (point: number, timestamp: string, value: number) => string,
): string {
  let text = "";
  for (let at = 0; at < batch.length; at++) {
    const timestamp = new Date(batch.ms[at] as number).toISOString();
    text += row(batch.point[at] as number, timestamp, batch.value[at] as number);
  }
  return text;
}

const encoder = new TextEncoder();

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The shortest text that reads back as the same double; String() alone would drop the sign of -0. */
export function decimalOf(value: number): string {
  return value === 0 && 1 / value < 0 ? "-0" : String(value);
}
