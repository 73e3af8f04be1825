/** What a command needs in a terminal: its end and exit code, tables, charts and progress. The door of this folder. */
export { chartInterval, chartLines, type Dot } from "./chart.ts";
export { CommandError, type CommandRun, EXIT, runToEnd } from "./command-run.ts";
export { bar, costLine, formatCount, formatDuration } from "./format.ts";
export { isRunning, lockForProcess } from "./process-lock.ts";
export { SiteLines, samplesPerDayOf } from "./progress.ts";
export { type ProgressScreen, progressScreen } from "./progress-screen.ts";
export { type Column, tableLines } from "./table.ts";
