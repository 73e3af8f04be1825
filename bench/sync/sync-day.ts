import { DAY_MS, dayStartMs, utcDayOf } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { hotStats } from "../../src/hot/hot.ts";
import { World } from "../../test/world/harness/world.ts";
import { atMost, type Figure, MIB, report } from "../measure/measure.ts";
import { CountingShell, CpuMeter, type ObjectCounts, objectCounts } from "../operations/operations.ts";
import { pointDayFigures } from "./point-day.ts";

const HOUR = 3_600_000;
const SITE = "site_a";

/** The promises: a day of the reference site, synced every five minutes. */
const ROWS_WRITTEN_MAX = 50_000;
const REQUESTS_MAX = 700;
const SAMPLE_BYTES_MAX = 5;
const SYNC_CPU_S_MAX = 1.5;
const MEMORY_MIB_MAX = 64;

/** The archive's requests and CPU are not the sync's. */
const NO_ARCHIVE_HOURS = 1_000;

function pointBytes({ hot }: World): number {
  const row = hot.store.db.prepare("SELECT 2 * sum(length(name) + 8) AS bytes FROM points").get();
  return Number(row?.bytes ?? 0);
}

/** A day of live syncs: what it did, and its figures. */
export interface SyncDay {
  readonly day: SiteDay;
  readonly figures: readonly Figure[];
}

/** What one site does in a day, as counted. */
export interface SiteDay {
  readonly rowsWritten: number;
  readonly rowsRead: number;
  readonly storedBytes: number;
  readonly kvWrites: number;
  /** To the API. */
  readonly requests: number;
  readonly cpuSeconds: number;
  readonly objects: ObjectCounts;
}

/** Syncs a day, a part of it where `hours` are fewer, from its midnight on; day-long counts are scaled up. */
export async function countSyncDay(hours: number): Promise<SyncDay> {
  const shell = new CountingShell();
  const world = new World({
    shell,
    sites: [SITE],
    vendor: { present: true, pointsPerSite: 4_583, samplesPerDay: 3_741_234, oddShare: 0, duplicateShare: 0 },
    config: { pageSize: 50_000, requestsPerMinute: 50 },
    etl: { pageSize: 50_000, hotDays: 20, firstSyncHours: 1, archiveAfterHours: NO_ARCHIVE_HOURS },
  });
  const midnight = dayStartMs(utcDayOf(world.scheduler.now)) + DAY_MS;
  world.scheduler.leap(midnight - HOUR / 12 - world.scheduler.now);
  const cpu = new CpuMeter();
  world.vendor.forge = ({ honest }) => cpu.ofApi(honest);

  const syncs: number[] = [];
  world.wakeSyncs();
  // The first sync stores the points, which no later day does.
  await world.pass(HOUR / 12);
  const before = {
    objects: objectCounts(world, shell),
    rowsWritten: world.hot.rowsWritten,
    rowsRead: world.hot.rowsRead,
    arrivals: world.vendor.arrivals.length,
    puts: world.view.puts.length,
    cpuSeconds: cpu.ownSeconds,
  };
  for (let done = 0; done < hours * 12; done += 1) {
    const spent = cpu.ownSeconds;
    await world.pass(HOUR / 12);
    syncs.push(cpu.ownSeconds - spent);
    if (done % 12 === 11) process.stderr.write(`\r${(done + 1) / 12} of ${hours} hours `);
  }
  process.stderr.write("\r");

  const scale = 24 / hours;
  const ownSeconds = cpu.ownSeconds - before.cpuSeconds;
  const live = world.vendor.arrivals
    .slice(before.arrivals)
    .filter(({ kind }) => kind === "samples" || kind === "points");
  const [stats] = await hotStats(world.hot.store, [SITE as never]);
  const leaving = Number(world.hot.store.db.prepare("SELECT count(*) AS n FROM blocks").get()?.n ?? 0);
  const windows = Number(world.hot.store.db.prepare("SELECT count(*) AS n FROM windows").get()?.n ?? 0);
  // D1 reuses free pages; names and numbers of the points are stored once for all days.
  const pragma = (name: string) => Number(world.hot.store.db.prepare(`PRAGMA ${name}`).get()?.[name]);
  const stored = (pragma("page_count") - pragma("freelist_count")) * pragma("page_size") - pointBytes(world);
  const sorted = [...syncs].sort((a, b) => a - b);
  const samples = stats?.samples ?? 0;
  const objects = objectCounts(world, shell);
  const day: SiteDay = {
    rowsWritten: (world.hot.rowsWritten - before.rowsWritten + leaving + windows) * scale,
    rowsRead: (world.hot.rowsRead - before.rowsRead) * scale,
    storedBytes: (stored / samples) * 3_741_234,
    kvWrites: (world.view.puts.length - before.puts) * scale,
    requests: live.length * scale,
    cpuSeconds: ownSeconds * scale,
    objects: {
      requests: (objects.requests - before.objects.requests) * scale,
      rowsRead: (objects.rowsRead - before.objects.rowsRead) * scale,
      rowsWritten: (objects.rowsWritten - before.objects.rowsWritten) * scale,
    },
  };
  const figures = [
    report("samples in hot storage", samples.toLocaleString("en")),
    atMost("rows written a day, deletions counted", day.rowsWritten, ROWS_WRITTEN_MAX),
    atMost("requests a day, without the archive's", live.length * scale, REQUESTS_MAX),
    atMost("bytes a sample, of blocks", stats?.bytes_per_sample ?? 0, SAMPLE_BYTES_MAX),
    atMost("bytes a sample, of the pages in use", stored / samples, SAMPLE_BYTES_MAX),
    atMost("CPU of the dearest sync, of all five minutes", sorted.at(-1) ?? 0, SYNC_CPU_S_MAX, " s"),
    report("CPU of the median sync", `${(sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(2)} s`),
    report("CPU of the whole day", `${(ownSeconds * scale).toFixed(0)} s`),
    atMost("memory of the sync's isolate, accounted", world.syncBytesPeak / MIB, MEMORY_MIB_MAX, " MiB"),
    // The last moment of the day that was synced.
    ...(await pointDayFigures(world.hot.store, SITE as SiteName, world.scheduler.now - 1)),
  ];
  return { day, figures };
}
