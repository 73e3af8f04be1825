import type { MeasureSection } from "./measure/measure.ts";
import { pacingSection } from "./pacing/pacing.ts";

/** A section of the whole bench: its heading, what it measures in a sentence or two, and how. */
export interface BenchSection {
  readonly title: string;
  readonly about: string;
  readonly measure: MeasureSection;
}

/** The sections in their order, by the names that `--only` takes. */
export const SECTIONS: Readonly<Record<string, BenchSection>> = {
  pacing: {
    title: "Pacing",
    about:
      "A backfill on workerd at the limit of the API key, by how long the API takes for a response. The floor is requests ÷ " +
      "permitted rate: a request that is tried again needs a permit of its own, and pauses that the API asks for are added.",
    measure: pacingSection,
  },
};
