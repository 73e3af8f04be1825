import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest, the longest first: begun last, each would run alone at the end. */
const LONGEST = [
  "test/system/minutes.test.ts",
  "test/browser/dashboard.test.ts",
  "test/faults/matrix.test.ts",
  "test/system/kills.test.ts",
  "test/system/failures.test.ts",
  "test/system/takeover.test.ts",
  "test/system/measurements.test.ts",
  "test/browser/failures.test.ts",
  "test/system/page-sizes.test.ts",
  "test/system/answers.test.ts",
  "test/system/cli.test.ts",
  "test/system/ledger.test.ts",
];

/** Runs the longest files first and the others in vitest's order. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((path) => moduleId.endsWith(path));
      return place < 0 ? LONGEST.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
