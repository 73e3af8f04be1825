/**
 * Roll-ups of full days of the reference site, made on workerd: `npm run bench:rollups [-- --days 31]`. Fetching the days takes
 * most of the time, some ten seconds each. Prints what a quarter by the hour and a month of raw samples take beside it.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { BackfillClient } from "../../client/client.ts";
import { startWorker } from "../../local/stack/stack.ts";
import type { SiteRollups } from "../../src/contract/backfill.ts";
import { addDays, type UtcDay } from "../../src/domain/day.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import {
  ACE_KEY,
  atMost,
  type Figure,
  mib,
  mustBe,
  report,
  runParts,
  seconds,
  startSimulatorProcess,
  temporaryFolder,
  workerdFigures,
} from "../measure/measure.ts";

const SITE = "ses_falls_city";
const FIRST_DAY = "2024-01-01" as UtcDay;
const KEY = "bench";
const POLL_MS = 1_000;

const { values } = parseArgs({ options: { days: { type: "string", default: "31" } } });
const days = Number(values.days);

await runParts({ making: { title: `Roll-ups of ${days} reference days`, figures: making } }, undefined);

async function making(run: CommandRun): Promise<Figure[]> {
  const stateDir = temporaryFolder(run);
  const simulator = await startSimulatorProcess(["--sites", SITE, "--preset", "reference"], run);
  const worker = await startWorker({
    stateDir,
    signal: run.signal,
    onLine: (line) => {
      if (process.env.BENCH_VERBOSE) console.error(line);
    },
    vars: {
      ACE_API_BASE: simulator.api,
      ACE_API_KEY: ACE_KEY,
      BACKFILL_API_KEY: KEY,
      SITE_NAME: SITE,
      REQUESTS_PER_MINUTE: "60000",
    },
  });
  try {
    const client = new BackfillClient(worker.url, KEY);
    await client.status();
    const cpu = () => workerdFigures(worker.pid).cpuSeconds;
    const begun = cpu();
    await client.start(FIRST_DAY, addDays(FIRST_DAY, days - 1));
    for (;;) {
      await sleep(POLL_MS);
      const { status, progress_percent } = await client.status();
      console.error(`${status} ${progress_percent} %`);
      if (status === "completed") break;
      if (status !== "in_progress") throw new Error(`the backfill is ${status}`);
    }
    const fetched = cpu();
    let hourly: number | undefined;
    let databaseBytes = 0;
    let site: SiteRollups | undefined;
    do {
      await sleep(POLL_MS);
      [site] = await client.rollups();
      if (site?.last_error) throw new Error(site.last_error);
      databaseBytes = Math.max(databaseBytes, largestDatabase(stateDir));
      console.error(`${site?.state} ${site?.current_period} ${mib(databaseBytes)}`);
      if (site?.hourly.days_lacking === 0) hourly ??= cpu();
    } while (site?.state !== "idle");
    const raw = cpu();
    const { records_processed: records, sites } = await client.status();
    const dayBytes = (await client.days(`?from=${FIRST_DAY}`)).reduce(
      (sum, { evidence }) => sum + (evidence?.bytes ?? 0),
      0,
    );
    const rows = site.months.reduce((sum, month) => sum + (month.rows ?? 0), 0);
    const perDay = (seconds: number) => seconds / days;
    const [fetching, hours, months] = [fetched - begun, (hourly ?? raw) - fetched, raw - (hourly ?? raw)].map(
      perDay,
    ) as [number, number, number];
    return [
      report("the days", `${records} samples, ${mib(dayBytes)}`),
      mustBe("samples in months", String(rows), rows === records || site.raw.days_held < days),
      report("CPU a day: fetching, hours, raw", [fetching, hours, months].map(seconds).join(", ")),
      atMost("CPU: hours ÷ fetching", hours / fetching, 0.5),
      atMost("CPU: raw ÷ fetching", months / fetching, 0.75),
      atMost("bytes: quarters ÷ day files", site.hourly.bytes / dayBytes, 0.15),
      atMost("bytes: months ÷ day files", site.raw.bytes / dayBytes, days < 28 ? 1.6 : 1.1),
      report("the site's database, at most", mib(databaseBytes)),
      report("memory of the pipeline, at most", mib(sites[0]?.pipeline_bytes_peak ?? 0)),
    ];
  } finally {
    await worker.stop();
    simulator.stop();
  }
}

/** Of the Durable Objects' databases, with what is not checkpointed. */
function largestDatabase(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\.sqlite(-wal)?$/.test(entry.name) && entry.parentPath.includes("/do/"),
  );
  const bytes = new Map<string, number>();
  for (const { name, parentPath } of files) {
    const database = join(parentPath, name).replace(/-wal$/, "");
    bytes.set(database, (bytes.get(database) ?? 0) + statSync(join(parentPath, name)).size);
  }
  return Math.max(0, ...bytes.values());
}
