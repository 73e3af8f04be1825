/** What a command needs in a terminal: its end and exit code, tables, charts and progress. The door of this folder. */
export { chartInterval, chartLines, type Dot } from "./chart.ts";
export { CommandError, type CommandRun, EXIT, runToEnd } from "./command-run.ts";
export {
  type BarPaint,
  bar,
  costLine,
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  formatEstimate,
  formatValue,
} from "./format.ts";
export { isRunning, lockForProcess } from "./process-lock.ts";
export { isThrottled, lostLine, SiteLines, samplesPerDayOf, throttledText, workerNowMs } from "./progress.ts";
export { type ProgressScreen, progressScreen } from "./progress-screen.ts";
export { type Column, tableLines } from "./table.ts";
export { reflowed, shortened, wrapped } from "./wrap.ts";
