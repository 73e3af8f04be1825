/** `npm run demo`: a backfill on this machine, from an empty bucket to checked files, and the newest hours beside it. */
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { BackfillClient } from "../../client/client.ts";
import type { DayView, Status } from "../../src/contract/backfill.ts";
import {
  CommandError,
  type CommandRun,
  counted,
  formatCount,
  progressScreen,
  runToEnd,
} from "../../terminal/terminal.ts";
import { claimStateDir, SIMULATED, simulatedApi, startStack } from "../stack/stack.ts";
import { chartQuery } from "./chart-query.ts";
import { balanceLines, dayTable, differences } from "./day-report.ts";
import { firstSyncHours, liveHalf } from "./live-half.ts";
import { objectContents, openObjects } from "./object-contents.ts";
import { runBackfill } from "./run-backfill.ts";
import { csvScenario, madeUpScenario, type Scenario } from "./scenario.ts";

const HELP = `npm run demo -- [--fresh] [--csv FILE…]

  --csv FILE…  backfill these files instead of made-up buildings, each file as a point of one site, and compare every
               row of the Parquet files with them. A line has a time and a value, separated by a comma, a semicolon or
               a tab; a header is optional. Times are 2024-01-15 10:30:00 (UTC), with Z or an offset, or unix seconds
               or milliseconds
  --fresh      delete what an earlier run has backfilled
`;

/** More than the demo sends; with the real API's limit of 50 per minute it would mostly wait. */
const REQUESTS_PER_MINUTE = 6_000;

const print = (line: string) => console.log(line);
const width = process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;

void runToEnd(async (run) => {
  const { values, positionals } = readArguments();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const scenario = values.csv
    ? csvScenario([...values.csv, ...positionals].map(fromUserFolder), Date.now())
    : madeUpScenario(Date.now());
  return demo(scenario, values.fresh, run);
});

/** A path relative to where the user typed it; npm runs scripts in the project's folder. */
function fromUserFolder(path: string): string {
  return resolve(process.env.INIT_CWD ?? ".", path);
}

function readArguments() {
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        csv: { type: "string", multiple: true },
        fresh: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (parsed.positionals.length > 0 && !parsed.values.csv) {
      throw new CommandError(
        `Unexpected argument: ${parsed.positionals.join(" ")}`,
        `File names come after --csv.\n\n${HELP}`,
      );
    }
    return parsed;
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), HELP, { cause });
  }
}

async function demo(scenario: Scenario, fresh: boolean, run: CommandRun): Promise<number> {
  const state = claimStateDir({ name: scenario.name, api: SIMULATED, fresh }, run);
  const startedAt = performance.now();
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);
  print("Starting the simulated ACE API and the three Workers on workerd …");
  const api = await simulatedApi({ sites: scenario.sites, present: scenario.live !== undefined }, run);
  const { worker, client, query, etl } = await startStack(
    { state, api, requestsPerMinute: REQUESTS_PER_MINUTE, firstSyncHours: firstSyncHours(Date.now()) },
    run,
  );
  print(`  Simulated API    ${api.base}`);
  for (const line of scenario.about) print(`                   ${line}`);
  print(`  Backfill Worker  ${worker.url}  (state: ${state.shown})`);

  const screen = progressScreen(process.stdout);
  // At the exit itself, because the screen must show the cursor again however the process ends.
  run.signal.addEventListener("abort", () => screen.close());
  let backfilling = true;
  run.onEnd(async () => {
    screen.close();
    // A cancelled Worker ends its attempts; a Worker that is only stopped would count them as crashes.
    if (backfilling) await cancelBackfill(client);
  });
  const days: DayView[] = [];
  let complete = true;
  for (const range of scenario.ranges) {
    print(`\nPOST /backfill/start  ${range.from} to ${range.to}`);
    print(
      "  Each line: site, site-days done, day, phase, page, samples written and (of the day in progress) accepted, rate, time left",
    );
    const status = await runBackfill(client, range, {
      screen,
      samplesPerDay: scenario.samplesPerDay,
      onStarted: (line) => print(`  ${line}\n`),
    });
    printOutcome(status);
    complete &&= status.status === "completed" && status.outcome === "success";
    days.push(...(await client.days(`?from=${range.from}&to=${range.to}`)));
  }
  days.sort((a, b) => (a.date === b.date ? a.site.localeCompare(b.site) : a.date < b.date ? -1 : 1));
  backfilling = false;

  const keys = days.flatMap((day) => day.r2_path ?? []);
  const opened = await openObjects(state.path, keys, run);
  const facts = await objectContents(opened);
  print("\nThe files in R2, read by DuckDB:\n");
  for (const line of dayTable(days, facts, width)) print(line);
  print("");
  for (const line of balanceLines(days)) print(line);
  const wrong = days.flatMap((day) => differences(day, facts.get(day.r2_path ?? "")));
  wrong.push(...(await scenario.check(opened, width, print)));
  if (complete) wrong.push(...(await chartQuery(query, scenario.chart, opened, print)));
  if (complete && scenario.live) wrong.push(...(await liveHalf({ etl, query }, scenario.live, width, print)));
  if (wrong.length > 0 || !complete) {
    print(`\nFAILED after ${seconds()} s:`);
    for (const line of wrong) print(`  ${line}`);
    print(
      "\nTo try failed days again, run the same command; to start again from an empty bucket, add --fresh.",
    );
    return 1;
  }
  print(
    `\nEvery file matches the ledger in rows, points, times, bytes and SHA-256. Finished in ${seconds()} s.`,
  );
  print(nextSteps(scenario.other));
  return 0;
}

const CANCEL_MS_MAX = 3_000;

async function cancelBackfill(client: BackfillClient): Promise<void> {
  await Promise.race([client.cancel().catch(() => undefined), sleep(CANCEL_MS_MAX)]);
}

function printOutcome(status: Status): void {
  const { days_total, days_completed, samples_per_second, sites } = status;
  const samples = sites.reduce((sum, site) => sum + site.run.samples, 0);
  const isNothingFetched = sites.every((site) => site.run.days === 0 && site.run.samples === 0);
  const halts = sites.flatMap((site) => (site.halt_reason ? [`${site.site}: ${site.halt_reason}`] : []));
  print(`\n${status.status}: ${formatCount(days_completed)} of ${counted(days_total, "site-day")}`);
  if (isNothingFetched && days_completed === days_total)
    print("All days were already there; nothing was fetched. To start again, add --fresh.");
  else if (samples > 0)
    print(
      `${formatCount(samples)} samples accepted in this run, ${formatCount(samples_per_second ?? 0)} per second`,
    );
  for (const halt of halts) print(`halted: ${halt}`);
}

const nextSteps = (other: string) => `
Next:
  ${other}
  npm run demo -- --fresh       made-up buildings from an empty bucket
  npm start                     keep all servers running, to use with npx bv-backfill
  npm test                      run all tests`;
