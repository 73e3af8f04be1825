/** Counts what the rules do in a simulated world, by what is billed. The door of this folder. */
export { CountingShell, labels, type ObjectCounts, objectCounts } from "./counting-shell.ts";
export { CpuMeter } from "./cpu-meter.ts";
