import type { CommandRun } from "../../terminal/terminal.ts";
import type { Figure } from "./verdict.ts";

/** Figures that are compared with each other. The first column is text; the others are aligned to the right. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a section of `npm run bench` has measured: tables to be read, and figures with their bounds. */
export interface Section {
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
}

export interface SectionOptions {
  /** Fewer turns and smaller data, so that all sections together end within five minutes. */
  readonly quick: boolean;
}

/** A section of `npm run bench`: measures, while it prints what it is doing. */
export type MeasureSection = (run: CommandRun, options: SectionOptions) => Promise<Section>;
