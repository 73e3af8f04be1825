import { expect, test } from "vitest";
import { soak } from "../soak/soak.ts";

/** Three Workers start a dozen times, and the machine may be busy. */
const SOAK_MS_MAX = 600_000;

// One cycle of `npm run test:soak`.
test(
  "Workers that are killed again and again, while they start and work, hold what the API said last",
  async () => {
    // With this seed the three kills of the Backfill Worker happen during a start, a put and a merge.
    const summary = await soak({ seed: 29, sites: 2, liveSites: 1, killsPerCycle: 3, enough: () => true });
    expect([...summary.kills.keys()]).toEqual(["during start", "ETL Sync too", "put", "merge"]);
    expect(summary.samples).toBeGreaterThan(10_000);
    // Two days of a live site, from D1 and R2 together.
    expect(summary.liveWindows).toBeGreaterThan(180);
    expect(summary.liveSamples).toBeGreaterThan(3_000);
  },
  SOAK_MS_MAX,
);
