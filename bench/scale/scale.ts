import type { CommandRun } from "../../terminal/terminal.ts";
import type { MeasureSection, Section, SectionOptions } from "../measure/measure.ts";
import { measureDaySizes } from "./day-sizes.ts";
import { measureHeapCap } from "./heap-cap.ts";
import { measureSiteCounts } from "./site-counts.ts";

const PARTS = { days: measureDaySizes, sites: measureSiteCounts, heap: measureHeapCap };

export type ScalePart = keyof typeof PARTS;
export const SCALE_PARTS = Object.keys(PARTS) as ScalePart[];

/** Larger days, more sites, and a capped heap. The door of this folder. */
export const scaleSection: MeasureSection = (run, options) => measureScale(SCALE_PARTS, run, options);

/** The section with some of its parts. */
export async function measureScale(
  parts: readonly ScalePart[],
  run: CommandRun,
  options: SectionOptions,
): Promise<Section> {
  const sections: Section[] = [];
  for (const part of parts) sections.push(await PARTS[part](run, options));
  return {
    tables: sections.flatMap(({ tables }) => tables),
    figures: sections.flatMap(({ figures }) => figures),
  };
}
