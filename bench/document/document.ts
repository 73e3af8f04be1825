/** docs/benchmarks.md: the sections of a whole bench, and the machine that they ran on. The door of this folder. */
export {
  type BenchMachine,
  benchmarksDocument,
  type MeasuredSection,
  withSection,
} from "./benchmarks-document.ts";
export { machineLines, versionsOf } from "./machine.ts";
