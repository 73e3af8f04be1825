import { expect, test } from "vitest";
import { soak } from "../soak/soak.ts";

// One cycle of `npm run test:soak`.
test("a Worker that is killed again and again, while it starts and works, archives what the API served", async () => {
  // With this seed the three kills happen during a start, a put and a merge.
  const summary = await soak({ seed: 29, sites: 2, killsPerCycle: 3, enough: () => true });
  expect([...summary.kills.keys()]).toEqual(["during start", "put", "merge"]);
  expect(summary.samples).toBeGreaterThan(10_000);
});
