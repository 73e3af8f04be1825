import type { Cost } from "../src/contract/query.ts";

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `1,234`: rounded to a whole number. */
export const formatCount = (value: number) => WHOLE.format(value);

/** `m:ss`, or `h:mm:ss` from an hour on. */
export function formatDuration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A bar of `width` characters, filled from the left up to `share` (0 to 1). */
export function bar(share: number, width: number, paint = (text: string) => text): string {
  const filled = Math.floor(share * width);
  return paint("█".repeat(filled)) + "░".repeat(width - filled);
}

/** What a query cost; follows the number of rows in the same line. */
export function costLine(cost: Cost): string {
  const groups = cost.row_groups_read + cost.row_groups_pruned;
  return (
    `in ${formatCount(cost.query_time_ms)} ms: ${formatCount(cost.r2_requests)} requests to R2, ` +
    `${formatCount(cost.bytes_read / 1024)} KB, ` +
    `${formatCount(cost.row_groups_read)} of ${formatCount(groups)} row groups read`
  );
}
