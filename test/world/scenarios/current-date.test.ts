import { expect, test } from "vitest";
import type { SiteJob } from "../../../src/backfill/job/job.ts";
import { reportOf } from "../../../src/backfill/site/engine/report.ts";
import type { SiteView } from "../../../src/contract/backfill.ts";
import { daysOf } from "../../../src/domain/day.ts";
import { Chance } from "../harness/chance.ts";
import { rowsOf, siteState } from "../harness/inspect.ts";
import { day, siteNamed, World } from "../harness/world.ts";

const SITE = siteNamed("site_a");
const RANGE = [day("2024-01-01"), day("2024-01-08")] as const;

/** Days of the site that are neither published nor failed in the round of its job. */
function unfinished(world: World): string[] {
  const round = siteState<SiteJob>(world.site(SITE), "job")?.round ?? 0;
  const query = "SELECT date FROM day WHERE verified OR failure_round = ?";
  const finished = new Set(rowsOf<{ date: string }>(world.site(SITE), query, round).map(({ date }) => date));
  return daysOf(...RANGE).filter((date) => !finished.has(date));
}

function viewOf(world: World): SiteView {
  const live = {
    now: world.scheduler.now,
    makesRollups: false,
    busy: true,
    pageSize: 1,
    pipelineBytesPeak: 0,
    lastHeartbeatAt: undefined,
    retried: undefined,
  };
  return world.site(SITE).db.tx((sql) => reportOf(sql, SITE, live).view);
}

test("the current day is the earliest unfinished day, with its own progress, through outages", async () => {
  // A day that can't be fetched fails at once; the API is so slow that there are lanes.
  const config = { maxRetries: 0, aceTimeoutMs: 200_000, requestsPerMinute: 30 };
  const vendor = { pointsPerSite: 20, samplesPerDay: 60, latency: { ms: 5_000 } };
  let behind = 0;
  for (let seed = 1; seed <= 14; seed++) {
    const world = new World({ seed, config, vendor });
    const chance = new Chance(seed);
    for (const date of daysOf(RANGE[0], day("2024-01-04"))) {
      const fault = { on: "samples", day: date, skip: chance.below(6) } as const;
      world.vendor.faults.add({ ...fault, effect: { do: "delay", ms: chance.below(40_000) } });
      world.vendor.faults.add({ ...fault, effect: { do: "status", status: 503 } });
    }
    await world.start(...RANGE);
    await world.run(() => world.vendor.arrivals.length > 0);
    await world.run(() => {
      const { state, current_date, phase, pages } = viewOf(world);
      if (state === "completed") return false;
      expect(current_date).toBe(unfinished(world)[0]);
      const staged = rowsOf<{ date: string; phase: string; pages: number }>(
        world.site(SITE),
        "SELECT date, phase, transport ->> '$.pages' AS pages FROM staging ORDER BY date",
      );
      const own = staged.find(({ date }) => date === current_date);
      expect({ phase, pages }).toEqual({ phase: own?.phase ?? null, pages: own?.pages ?? 0 });
      if (staged[0] && !own) behind += 1;
      if (state === "waiting") world.vendor.faults.clear();
      return false;
    });
    expect((await world.status()).status).toBe("completed");
  }
  // Later days continued although an outage had made an earlier day pending again.
  expect(behind).toBeGreaterThan(0);
});
