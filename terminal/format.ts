import type { Cost } from "../src/contract/query.ts";

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `1,234`: rounded to a whole number. */
export const formatCount = (value: number) => WHOLE.format(value);

/** `1 day`, `2,000 days`: a count with its noun. */
export const counted = (count: number, noun: string, nouns = `${noun}s`) =>
  `${formatCount(count)} ${formatCount(count) === "1" ? noun : nouns}`;

const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"];
const FOUR_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });
const THREE_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/** `166 MB`: in powers of 1,000, with at most three digits. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte");
  let scaled = Number(bytes.toPrecision(3));
  let unit = 0;
  for (; scaled >= 1000 && unit < UNITS.length - 1; unit++) scaled /= 1000;
  return `${THREE_DIGITS.format(scaled)} ${UNITS[unit]}`;
}

/** A measured value with at most four digits. */
export const formatValue = (value: number) => FOUR_DIGITS.format(value);

/** A time that is only estimated: `15 s`, `12 min`, `9.3 h`, `12 days`. */
export function formatEstimate(seconds: number): string {
  if (seconds < 100) return `${formatCount(Math.ceil(seconds))} s`;
  if (seconds < 100 * 60) return `${formatCount(Math.ceil(seconds / 60))} min`;
  if (seconds < 72 * 3600) return `${formatValue(Number((seconds / 3600).toPrecision(2)))} h`;
  return `${formatCount(Math.ceil(seconds / 86_400))} days`;
}

/** `m:ss`, or `h:mm:ss` from an hour on. */
export function formatDuration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Colours the parts of a bar. */
export type BarPaint = (part: "done" | "failed", text: string) => string;

/**
 * A bar of `width` characters: `done` of it (0 to 1) filled, then `failed` of it as `x`, at least one if anything
 * failed. It is full only where both together are 1.
 */
export function bar(
  { done, failed = 0 }: { readonly done: number; readonly failed?: number },
  width: number,
  paint: BarPaint = (_, text) => text,
): string {
  const crosses = failed > 0 ? Math.min(width, Math.max(1, Math.floor(failed * width))) : 0;
  const filled = done + failed >= 1 ? width - crosses : Math.min(Math.floor(done * width), width - crosses);
  const parts = [
    ["done", "█".repeat(filled)],
    ["failed", "x".repeat(crosses)],
  ] as const;
  const painted = parts.map(([part, text]) => (text === "" ? "" : paint(part, text)));
  return painted.join("") + "░".repeat(width - filled - crosses);
}

/** What a query cost; follows the number of rows in the same line. */
export function costLine(cost: Cost): string {
  const groups = cost.row_groups_read + cost.row_groups_pruned;
  return (
    `in ${formatCount(cost.query_time_ms)} ms: ${counted(cost.r2_requests, "request")} to R2, ` +
    `${formatBytes(cost.bytes_read)}, ` +
    `${formatCount(cost.row_groups_read)} of ${counted(groups, "row group")} read`
  );
}
