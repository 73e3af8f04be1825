import type { EpochMicros } from "../../src/domain/day.ts";
import { formatNaive, parseNaive } from "../naive-time.ts";

/** Where a page begins: `offset` rows after the first row at or after `micros`. */
export interface Position {
  readonly micros: EpochMicros;
  readonly offset: number;
}

/**
 * How next_cursor is computed. `vendor`: as the live service does, which ignores the offset of the cursor it was given.
 * `correct`: the same form without that fault. `opaque`: correct, in a form that clients cannot read.
 */
export type CursorStyle = "vendor" | "correct" | "opaque";

export function encodeCursor(position: Position, style: CursorStyle): string {
  if (style === "opaque")
    return Buffer.from(`v2:${position.offset}:${position.micros}`).toString("base64url");
  // With Python's blanks, because a client may compare cursors as text.
  const json = `{"offset": ${position.offset}, "timestamp": "${formatNaive(position.micros)}"}`;
  return Buffer.from(json).toString("base64");
}

/** Reads any style: the style may change while a client reads a window. */
export function decodeCursor(text: string): Position | undefined {
  const decoded = Buffer.from(text, "base64").toString();
  const opaque = /^v2:(\d+):(\d+)$/.exec(decoded);
  if (opaque) return { offset: Number(opaque[1]), micros: Number(opaque[2]) };
  const fields = parseObject(decoded);
  const { offset, timestamp } = fields ?? {};
  const micros = typeof timestamp === "string" ? parseNaive(timestamp) : undefined;
  const valid = typeof offset === "number" && Number.isSafeInteger(offset) && offset >= 0;
  return valid && micros !== undefined ? { offset, micros } : undefined;
}

/** The position after a page that began at `start` and has `drawn` rows of its last timestamp. */
export function nextPosition(
  start: Position,
  last: { readonly micros: EpochMicros; readonly drawn: number },
  style: CursorStyle,
): Position {
  // The vendor's fault: a page that begins and ends in the same timestamp returns the cursor it was given.
  const before = style !== "vendor" && last.micros === start.micros ? start.offset : 0;
  return { micros: last.micros, offset: before + last.drawn };
}

function parseObject(text: string): { offset?: unknown; timestamp?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
