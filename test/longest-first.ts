import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that wait for real time, or work for half a minute: begun last, they would be waited for alone. */
const LONG = /\/test\/(?:system|browser|faults)\//;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
