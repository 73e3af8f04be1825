/** What every bench needs: parts with figures and bounds, and the Worker and the simulator as processes. The door of this folder. */
export { type Parts, runParts } from "./parts.ts";
export { printSection } from "./print.ts";
export { workerdFigures } from "./process-figures.ts";
export type { MeasureSection, Section, SectionOptions, Table } from "./section.ts";
export { startSimulatorProcess } from "./simulator-process.ts";
export { temporaryFolder } from "./temporary-folder.ts";
export {
  atMost,
  FIGURE_COLUMNS,
  type Figure,
  figureRow,
  KB,
  kb,
  MIB,
  mib,
  mustBe,
  report,
  seconds,
} from "./verdict.ts";
export { ACE_KEY, runWorker, type WorkerRun, type WorkerRunOptions } from "./worker-run.ts";
