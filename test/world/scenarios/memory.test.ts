import { expect, test } from "vitest";
import { PIPELINE_BYTES_MAX } from "../../../src/domain/limits.ts";
import { contentOf } from "../harness/inspect.ts";
import { World, type WorldOptions } from "../harness/world.ts";

const KIB = 1024;

const small: WorldOptions = {
  config: { pageSize: 10, requestsPerMinute: 60_000, rowGroupSize: 100, maxDaysPerRequest: 100 },
  vendor: { latency: { ms: 50 }, pointsPerSite: 20, samplesPerDay: 60 },
  steps: { runSamples: 100, sliceSamples: 400 },
};

async function finished(options: WorldOptions & { readonly isolateBytesMax: number }): Promise<World> {
  const world = new World({ ...small, ...options });
  await world.start("2024-01-01", "2024-01-01");
  await world.run(() => world.pipelineBytesPeak > options.isolateBytesMax);
  expect(world.pipelineBytesPeak).toBeLessThanOrEqual(options.isolateBytesMax);
  expect(await world.status()).toMatchObject({ outcome: "success", days_failed: 0 });
  return world;
}

test("100 sites with five lanes of small pages hold no more than the isolate's bound, and all days complete", async () => {
  const sites = Array.from({ length: 100 }, (_, index) => `site_${index}`);
  // 25 samples a day, about a page for each window: reservations do not depend on the number of samples.
  const config = { ...small.config, pageSize: 5 };
  const vendor = { ...small.vendor, samplesPerDay: 25 };
  const world = await finished({ sites, config, vendor, isolateBytesMax: 96 * KIB });
  expect(world.pipelineBytesPeak).toBeGreaterThan(20 * KIB);
  expect(await world.status()).toMatchObject({ days_completed: 100 });
}, 120_000);

test("files are the same with little memory", async () => {
  const sites = ["site_a", "site_b", "site_c"];
  const roomy = await finished({ sites, isolateBytesMax: PIPELINE_BYTES_MAX });
  const tight = await finished({ sites, isolateBytesMax: 64 * KIB });
  expect(contentOf(tight)).toEqual(contentOf(roomy));
  expect(Object.keys(contentOf(tight))).toHaveLength(3);
});
