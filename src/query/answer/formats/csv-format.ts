import type { RowBatch } from "../row-batches.ts";
import { type AnswerPage, decimalOf, rowsOf, utf8 } from "./answer-page.ts";

const LINE_END = "\r\n";

/**
 * RFC 4180, with a header. A table has no place for metadata, and one page must not look like the whole answer: a fourth
 * column has the next page's cursor, in the last row alone.
 */
export async function* writeCsv(page: AnswerPage): AsyncGenerator<Uint8Array, void> {
  const names = page.pointNames.map(csvField);
  yield utf8(`point_name,timestamp,value,next_cursor${LINE_END}`);
  for await (const batch of page.batches) yield utf8(linesOf(batch, names));
}

function linesOf(batch: RowBatch, names: readonly string[]): string {
  const lines = rowsOf(
    batch,
    (point, timestamp, value) => `${names[point]},${timestamp},${decimalOf(value)},${LINE_END}`,
  );
  if (batch.nextCursor === undefined) return lines;
  return lines.slice(0, -LINE_END.length) + batch.nextCursor + LINE_END;
}

/** A field of RFC 4180, in quotes where it needs them. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
