import type { Block } from "./blocks.ts";
import type { Page } from "./page.ts";
import { decimalOf, rowsOf, utf8 } from "./text.ts";

const LINE_END = "\r\n";

/**
 * RFC 4180, with a header. A table has no place for metadata; but one that silently ended early would be read as a whole
 * one, so a last column holds the next page's cursor, in the last row alone.
 */
export async function* writeCsv(page: Page): AsyncGenerator<Uint8Array, void> {
  const names = page.pointNames.map(fieldOf);
  yield utf8(`point_name,timestamp,value,next_cursor${LINE_END}`);
  for await (const block of page.blocks) yield utf8(linesOf(block, names));
}

function linesOf(block: Block, names: readonly string[]): string {
  const lines = rowsOf(
    block,
    (point, timestamp, value) => `${names[point]},${timestamp},${decimalOf(value)},${LINE_END}`,
  );
  if (block.nextCursor === undefined) return lines;
  return lines.slice(0, -LINE_END.length) + block.nextCursor + LINE_END;
}

/** A field of RFC 4180, in quotes where it needs them. */
export function fieldOf(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
