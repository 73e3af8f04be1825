/** `npm run demo`: a backfill from an empty bucket to checked files and a drawn query, on this machine. */
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { BackfillClient } from "../../client/client.ts";
import type { DayView, Status } from "../../src/contract/backfill.ts";
import {
  CommandError,
  type CommandRun,
  formatCount,
  progressScreen,
  runToEnd,
} from "../../terminal/terminal.ts";
import { claimStateDir, startStack } from "../stack/stack.ts";
import { balanceLine, contradictions, dayTable } from "./day-report.ts";
import { drawQuery } from "./drawn-query.ts";
import { objectFacts, openObjects } from "./object-facts.ts";
import { backfill } from "./run-backfill.ts";
import { csvFiles, madeUpBuildings, type Scenario } from "./scenario.ts";

const HELP = `npm run demo -- [--fresh] [--csv FILE…]

  --csv FILE…  backfill these files (timestamp,value; naive UTC) in place of made-up buildings, each a
               point of one site, and compare every row of the Parquet with them
  --fresh      forget what an earlier run has done
`;

/** Far above what the demo sends: the vendor's 50 a minute would make it wait and nothing else. */
const REQUESTS_PER_MINUTE = 6_000;

const say = (line: string) => console.log(line);
const width = process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;

void runToEnd(async (run) => {
  const { values, positionals } = readArguments();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const scenario = values.csv
    ? csvFiles([...values.csv, ...positionals].map(asTyped), Date.now())
    : madeUpBuildings();
  return demo(scenario, values.fresh, run);
});

/** npm runs scripts in the project's folder; a path is meant from where the user typed it. */
function asTyped(path: string): string {
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
        `What is ${parsed.positionals.join(" ")}?`,
        `Files are named after --csv.\n\n${HELP}`,
      );
    }
    return parsed;
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), HELP, { cause });
  }
}

async function demo(scenario: Scenario, fresh: boolean, run: CommandRun): Promise<number> {
  const state = claimStateDir(scenario.name, fresh, run);
  const startedAt = performance.now();
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);
  say("Starting the ACE simulator and both Workers on workerd …");
  const { simulator, worker, client, query } = await startStack(
    { state, sites: scenario.sites, requestsPerMinute: REQUESTS_PER_MINUTE },
    run,
  );
  say(`  ACE simulator    ${simulator.api}`);
  for (const line of scenario.about) say(`                   ${line}`);
  say(`  Backfill Worker  ${worker.url}  (state: ${state.shown})`);

  const screen = progressScreen(process.stdout);
  // At once, for drawing must not hide the cursor again; and at the very end, for any other way out.
  run.signal.addEventListener("abort", () => screen.close());
  let backfilling = true;
  run.onEnd(async () => {
    screen.close();
    // A Worker that is told to stop lays its work down; one that is only ended would count it as a crash.
    if (backfilling) await stopped(client);
  });
  const days: DayView[] = [];
  let complete = true;
  for (const range of scenario.ranges) {
    say(`\nPOST /backfill/start  ${range.from} to ${range.to}`);
    const status = await backfill(client, range, {
      screen,
      samplesPerDay: scenario.samplesPerDay,
      onStarted: (how) => say(`  ${how}\n`),
    });
    sayOutcome(status);
    complete &&= status.status === "completed" && status.outcome === "success";
    days.push(...(await client.days(`?from=${range.from}&to=${range.to}`)));
  }
  days.sort((a, b) => (a.date === b.date ? a.site.localeCompare(b.site) : a.date < b.date ? -1 : 1));
  backfilling = false;
  await worker.stop();

  const keys = days.flatMap((day) => day.r2_path ?? []);
  const opened = await openObjects(state.path, keys, run);
  const facts = await objectFacts(opened);
  say("\nThe objects in R2, as DuckDB reads them:\n");
  for (const line of dayTable(days, facts, width)) say(line);
  say(`\n${balanceLine(days)}`);
  const wrong = days.flatMap((day) => contradictions(day, facts.get(day.r2_path ?? "")));
  wrong.push(...(await scenario.check(opened, width, say)));
  if (complete) wrong.push(...(await drawQuery(query, scenario.drawn, opened, say)));
  if (wrong.length > 0 || !complete) {
    say(`\nNOT as it should be after ${seconds()} s:`);
    for (const line of wrong) say(`  ${line}`);
    say("\nRun it again to try failed days once more; --fresh begins anew and replaces every object.");
    return 1;
  }
  say(`\nEvery file agrees with the ledger: rows, points, times, bytes, SHA-256. ${seconds()} s in all.`);
  say(next(scenario.other));
  return 0;
}

const CANCEL_MS_MAX = 3_000;

async function stopped(client: BackfillClient): Promise<void> {
  await Promise.race([client.cancel().catch(() => undefined), sleep(CANCEL_MS_MAX)]);
}

function sayOutcome(status: Status): void {
  const { days_total, days_completed, samples_per_second, sites } = status;
  const samples = sites.reduce((sum, site) => sum + site.run.samples, 0);
  const fetchedNone = sites.every((site) => site.run.days === 0 && site.run.samples === 0);
  const halts = sites.flatMap((site) => (site.halt_reason ? [`${site.site}: ${site.halt_reason}`] : []));
  say(`\n${status.status}: ${formatCount(days_completed)} of ${formatCount(days_total)} site-days`);
  if (fetchedNone && days_completed === days_total)
    say("All were there already: nothing was fetched. --fresh begins anew.");
  else if (samples > 0)
    say(`${formatCount(samples)} samples in this run, ${formatCount(samples_per_second ?? 0)} a second`);
  for (const halt of halts) say(`halted: ${halt}`);
}

const next = (other: string) => `
Next:
  ${other}
  npm run demo -- --fresh       made-up buildings from an empty bucket
  npm start                     all servers stay up, to be steered by npx backfill
  npm test                      everything else that is claimed`;
