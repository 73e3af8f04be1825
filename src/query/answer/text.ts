import type { Block } from "./blocks.ts";

const encoder = new TextEncoder();

/** A block's rows as text, each with its time in ISO 8601, UTC, with milliseconds. */
export function rowsOf(
  block: Block,
  row: (point: number, timestamp: string, value: number) => string,
): string {
  let text = "";
  for (let at = 0; at < block.length; at++) {
    const timestamp = new Date(block.ms[at] as number).toISOString();
    text += row(block.point[at] as number, timestamp, block.value[at] as number);
  }
  return text;
}

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The shortest text that reads back as the same double; String() alone would drop the sign of -0. */
export function decimalOf(value: number): string {
  return value === 0 && 1 / value < 0 ? "-0" : String(value);
}

/** JSON has no number for what is not finite. */
export function jsonNumberOf(value: number): string {
  return Number.isFinite(value) ? decimalOf(value) : "null";
}
