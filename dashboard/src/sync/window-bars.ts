import type { RecentWindow } from "../../../src/contract/etl.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { counted, integer } from "../formatting.ts";

/** A quarter of an hour in the chart of a site. */
export interface WindowBar {
  /** `missing`: not read. `partial`: last read before its end. `empty`: read, and without a sample. */
  readonly kind: "complete" | "partial" | "empty" | "missing";
  readonly samples: number;
  /** Of the largest window, from 0 to 1. */
  readonly share: number;
  /** `12:15` in UTC. */
  readonly start: string;
}

export interface WindowBars {
  readonly bars: readonly WindowBar[];
  readonly most: number;
  /** The chart in words. */
  readonly label: string;
}

const WINDOW_MS = 900_000;
/** Six hours. */
export const BARS_MAX = 24;

/** The windows as bars, oldest first, up to the window of now, with a gap for each window that was not read. */
export function windowBars(windows: readonly RecentWindow[], nowMs: EpochMs): WindowBars | undefined {
  const bySlot = new Map(windows.map((window) => [slotOf(window.start), window]));
  if (bySlot.size === 0) return undefined;
  const last = Math.max(Math.floor(nowMs / WINDOW_MS), ...bySlot.keys());
  // A site that has stopped for longer has only gaps.
  const first = Math.max(Math.min(...bySlot.keys()), last - BARS_MAX + 1);
  const shown = Array.from({ length: last - first + 1 }, (_, index) => bySlot.get(first + index));
  const most = Math.max(...shown.map((window) => window?.samples ?? 0));
  const bars = shown.map((window, index) => barOf(window, most, (first + index) * WINDOW_MS));
  return { bars, most, label: labelOf(bars, timeText((last + 1) * WINDOW_MS)) };
}

/** Windows lie off the full minutes, but those at the edges of a day. */
const slotOf = (start: string) => Math.round(Date.parse(start) / WINDOW_MS);

function barOf(window: RecentWindow | undefined, most: number, startMs: number): WindowBar {
  const start = timeText(startMs);
  if (!window) return { kind: "missing", samples: 0, share: 0, start };
  const { samples, complete } = window;
  const kind = !complete ? "partial" : samples === 0 ? "empty" : "complete";
  return { kind, samples, share: most === 0 ? 0 : samples / most, start };
}

const timeText = (ms: number) => new Date(ms).toISOString().slice(11, 16);

function labelOf(bars: readonly WindowBar[], end: string): string {
  const complete = bars.filter(({ kind }) => kind === "complete" || kind === "empty");
  const counts = complete.map(({ samples }) => samples);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const range =
    counts.length === 0
      ? "no window is over"
      : least === most
        ? `${counted(most, "sample")} in each window`
        : `from ${integer(least)} to ${counted(most, "sample")} in a window`;
  const missing = bars.filter(({ kind }) => kind === "missing").length;
  return [
    `Samples in windows of 15 minutes, ${bars[0]?.start ?? ""} to ${end} UTC: ${range}`,
    ...(bars.at(-1)?.kind === "partial" ? ["the newest window is not over"] : []),
    ...(missing > 0 ? [`${counted(missing, "window")} not read`] : []),
  ].join("; ");
}
