import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take longest: one that begins last runs alone at the end. Those that wait for minutes come first, each
 * beside one that computes.
 */
const LONGEST = [
  "test/system/kills.test.ts",
  "test/faults/matrix.test.ts",
  "test/system/minutes.test.ts",
  "test/browser/dashboard.test.ts",
  "test/world/scenarios/live-roll-over.test.ts",
  "test/system/failures.test.ts",
  "test/browser/failures.test.ts",
  "test/system/live.test.ts",
  "cli/commands/export-command.test.ts",
  "test/system/takeover.test.ts",
  "test/world/scenarios/resume.test.ts",
  "test/system/page-sizes.test.ts",
  "cli/commands/commands.test.ts",
  "test/system/cli.test.ts",
  "test/world/scenarios/watchdog.test.ts",
  "test/system/up.test.ts",
  "test/world/scenarios/vendor-failures.test.ts",
  "test/system/archive.test.ts",
  "test/system/query-worker.test.ts",
  "test/system/hostile-vendor.test.ts",
  "test/system/answers.test.ts",
  "test/system/ledger.test.ts",
  "test/world/scenarios/plan.test.ts",
  "test/world/scenarios/all-points.test.ts",
  "test/system/hot-tables.test.ts",
  "test/system/query-faults.test.ts",
  "test/browser/live.test.ts",
  "test/system/side-by-side.test.ts",
  "test/system/deploy.test.ts",
  "test/system/rollups.test.ts",
  "test/world/scenarios/lost-objects.test.ts",
  "test/query/rollups.test.ts",
  "test/system/measurements.test.ts",
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
