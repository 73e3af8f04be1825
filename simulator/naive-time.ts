import type { EpochMicros } from "../src/domain/day.ts";

/** Naive UTC as Python's `isoformat` writes it: six digits of fraction, or none when the fraction is zero. */
export function formatNaive(micros: EpochMicros): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = micros - seconds * 1_000_000;
  if (seconds !== lastSeconds) {
    lastText = new Date(seconds * 1000).toISOString().slice(0, 19);
    lastSeconds = seconds;
  }
  return fraction === 0 ? lastText : `${lastText}.${String(fraction).padStart(6, "0")}`;
}

// Rows come in order of time: many in a row are of the same second, of which the text is formatted once.
let lastSeconds = Number.NaN;
let lastText = "";

const NAIVE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/;

/** Reads `YYYY-MM-DD HH:MM:SS[.ffffff]`, with a blank or a T; undefined for anything else. */
export function parseNaive(text: string): EpochMicros | undefined {
  const match = NAIVE.exec(text);
  if (!match) return undefined;
  const ms = Date.parse(`${match[1]}T${match[2]}Z`);
  return Number.isFinite(ms) ? ms * 1000 + Number((match[3] ?? "").padEnd(6, "0")) : undefined;
}

/** Reads the times of the API's parameters: ISO 8601 that ends in `Z`. */
export function parseInstant(text: string): EpochMicros | undefined {
  return text.endsWith("Z") ? parseNaive(text.slice(0, -1)) : undefined;
}
