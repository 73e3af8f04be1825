import { expect, test } from "vitest";
import { soak } from "../soak/soak.ts";

// One round of what `npm run test:soak` does for as long as it is told to.
test("killed again and again, at its start and at its work, the Worker archives what the API served", async () => {
  const tally = await soak({ seed: 55, sites: 2, killsARound: 4, enough: () => true });
  expect([...tally.kills.values()].reduce((sum, count) => sum + count, 0)).toBe(4);
  expect(tally).toMatchObject({ rounds: 1 });
  expect(tally.samples).toBeGreaterThan(10_000);
});
