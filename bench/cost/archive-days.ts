import { utcDayOf } from "../../src/domain/day.ts";
import { World } from "../../test/world/harness/world.ts";
import {
  CountingShell,
  CpuMeter,
  labels,
  type ObjectCounts,
  objectCounts,
} from "../operations/operations.ts";

/** What archiving a day of the reference site takes, with its share of the roll-ups. */
export interface ArchiveDay {
  readonly objects: ObjectCounts;
  /** From the start of the job to its end, by the clock of the simulated world, in which nothing takes CPU. */
  readonly jobSeconds: number;
  readonly cpuSeconds: number;
  readonly classA: number;
  readonly classB: number;
  readonly kvWrites: number;
  /** Of the day's file, and of its share of the roll-ups. */
  readonly storedBytes: number;
}

/** The world's data are so many times smaller than the reference day's. */
const SCALE = 10;
const SITE = "site_a";
const FIRST_DAY = "2024-01-10";
const HOUR = 3_600_000;
const STEP_MS = 10_000;
/** Data, pages, runs, slices and row groups of a tenth, so that there are as many of each as in the reference day. */
const TENTH = {
  vendor: { pointsPerSite: 458, samplesPerDay: 374_123, oddShare: 0, duplicateShare: 0 },
  config: { pageSize: 5_000, requestsPerMinute: 50, rowGroupSize: 1_000 },
  steps: { runSamples: 5_000, sliceSamples: 40_000 },
};

/** Archives some days of a tenth of the reference site with their roll-ups, and counts a day of it. */
export async function countArchiveDay(days: number): Promise<ArchiveDay> {
  const shell = new CountingShell();
  const world = new World({ sites: [SITE], ...TENTH, shell });
  const cpu = new CpuMeter();
  world.vendor.forge = ({ honest }) => cpu.ofApi(honest);
  const startedAt = world.scheduler.now;
  await archive(world, days);
  const jobSeconds = (world.scheduler.now - startedAt) / 1_000;
  // Roll-ups are made in the minutes after the job.
  await world.pass(HOUR);
  const perDay = (count: number) => count / days;
  const objects = objectCounts(world, shell);
  return {
    objects: {
      requests: perDay(objects.requests),
      rowsRead: perDay(objects.rowsRead),
      rowsWritten: perDay(objects.rowsWritten),
    },
    jobSeconds: perDay(jobSeconds),
    cpuSeconds: perDay(cpu.ownSeconds) * SCALE,
    classA: perDay(labels(world, / archive\.(?:publish|list)/)),
    classB: perDay(labels(world, / archive\.(?:head|read)/)),
    kvWrites: perDay(world.view.puts.length),
    storedBytes: await storedBytesOf(days),
  };
}

/** With row groups of the size that they have, and not a tenth of it: small ones make larger files. */
async function storedBytesOf(days: number): Promise<number> {
  const world = new World({ sites: [SITE], ...TENTH, config: { ...TENTH.config, rowGroupSize: 10_000 } });
  await archive(world, days);
  await world.pass(HOUR);
  const bytes = [...world.archive.objects.values()].reduce((sum, object) => sum + object.bytes.length, 0);
  return (bytes / days) * SCALE;
}

async function archive(world: World, days: number): Promise<void> {
  await world.start(FIRST_DAY, utcDayOf(Date.parse(FIRST_DAY) + (days - 1) * 24 * HOUR));
  let status = await world.status();
  while (status.status === "in_progress") {
    await world.pass(STEP_MS);
    status = await world.status();
  }
  if (status.outcome !== "success") throw new Error(`the days were not archived: ${status.outcome}`);
}
