import { expect, test } from "vitest";
import { soak } from "../soak/soak.ts";

// One round of what `npm run test:soak` does for as long as it is told to.
test("killed again and again, at its start and at its work, the Worker archives what the API served", async () => {
  // The seed whose three kills fall into a start, a put and a merge.
  const tally = await soak({ seed: 29, sites: 2, killsARound: 3, enough: () => true });
  expect([...tally.kills.keys()]).toEqual(["during start", "put", "merge"]);
  expect(tally.samples).toBeGreaterThan(10_000);
});
