import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest: one that begins last runs alone at the end. Files that wait and files that compute alternate. */
const LONGEST = [
  "test/system/minutes.test.ts",
  "test/faults/matrix.test.ts",
  "test/system/takeover.test.ts",
  "test/world/scenarios/watchdog.test.ts",
  "test/browser/dashboard.test.ts",
  "test/system/kills.test.ts",
  "test/world/scenarios/vendor-failures.test.ts",
  "test/system/failures.test.ts",
  "test/system/page-sizes.test.ts",
  "test/world/scenarios/current-date.test.ts",
  "test/system/cli.test.ts",
  "test/browser/failures.test.ts",
  "cli/commands/commands.test.ts",
  "test/system/answers.test.ts",
  "test/world/scenarios/complete.test.ts",
  "test/system/measurements.test.ts",
  "test/system/ledger.test.ts",
  "test/system/query-worker.test.ts",
  "test/system/hostile-vendor.test.ts",
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
