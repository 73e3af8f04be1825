import { SHAPES, type Shape } from "../../simulator/building/building.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import type { MeasureSection, Section, SectionOptions } from "../measure/measure.ts";
import { contenderTable, figuresOf, phaseTable } from "./ingest-section.ts";
import { runShape, type ShapeRun } from "./shape-run.ts";

/** The reference day from the API to a Parquet file, beside other ways. The door of this folder. */
export const ingestSection: MeasureSection = (run, options) => measureShapes(SHAPES, run, options);

/** The section with some of the shapes. */
export async function measureShapes(
  shapes: readonly Shape[],
  run: CommandRun,
  options: SectionOptions,
): Promise<Section> {
  const runs: ShapeRun[] = [];
  for (const shape of shapes) runs.push(await runShape(shape, run, options));
  return {
    tables: [...runs.map(contenderTable), phaseTable(runs)],
    figures: runs.flatMap((each) => figuresOf(each, options)),
  };
}
