/** `npm run test:soak`: kills the Workers on workerd again and again and compares R2 and D1 with what the API served. */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { claimStateDir, SIMULATED } from "../../local/stack/stack.ts";
import {
  CommandError,
  type CommandRun,
  formatCount,
  formatDuration,
  runToEnd,
} from "../../terminal/terminal.ts";
import { type SoakSummary, soak } from "./soak.ts";

const HELP = `npm run test:soak -- [--minutes N] [--seed S] [--sites N]

  --minutes N  begins no cycle after N minutes; 10 by default
  --seed S     repeats the cycles, faults and kills of an earlier soak; random by default
  --sites N    1 to 8; 3 by default

Progress goes to stderr, the summary to stdout. The exit code is 1 if anything differs.
`;

const KILLS_PER_CYCLE = 6;
/** Beside the sites that are backfilled. */
const LIVE_SITES = 2;

void runToEnd(async (run) => {
  const { values } = readArguments();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const minutes = numberOf("--minutes", values.minutes, 1, 10_000);
  const sites = numberOf("--sites", values.sites, 1, 8);
  const seed = numberOf("--seed", values.seed ?? String(Date.now() % 1_000_000), 0, 999_999);
  return main({ minutes, seed, sites }, run);
});

async function main({ minutes, seed, sites }: Record<"minutes" | "seed" | "sites", number>, run: CommandRun) {
  const state = claimStateDir({ name: `soak/${seed}`, api: SIMULATED, fresh: true }, run);
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const say = (line: string) => console.error(`${formatDuration(elapsedMs()).padStart(7)}  ${line}`);
  say(`seed ${seed}, ${sites} sites, ${minutes} minutes`);
  try {
    const counts = await soak({
      seed,
      sites,
      liveSites: LIVE_SITES,
      killsPerCycle: KILLS_PER_CYCLE,
      enough: () => elapsedMs() >= minutes * 60_000,
      stateDir: state.path,
      say,
    });
    for (const line of summaryLines(counts)) console.log(line);
    console.log(`All of it agrees, after ${formatDuration(elapsedMs())}. Seed ${seed}.`);
    rmSync(state.path, { recursive: true, force: true });
    return 0;
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    console.log(
      `FAILED after ${formatDuration(elapsedMs())} with seed ${seed}. The state is kept in ${state.shown}.`,
    );
    console.log(`Again: npm run test:soak -- --seed ${seed} --sites ${sites} --minutes ${minutes}`);
    return 1;
  }
}

function summaryLines(counts: SoakSummary): string[] {
  const { cancels, resumes, restarts, retries, daysRetried } = counts.operator;
  const kinds = [...counts.kills].sort(([a], [b]) => a.localeCompare(b));
  const kills = kinds.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${formatCount(counts.cycles)} cycles`,
    `${formatCount(kills)} kills: ${kinds.map(([kind, count]) => `${count} ${kind}`).join(", ")}`,
    `${formatCount(cancels)} cancels, ${formatCount(resumes)} resumes, ${formatCount(restarts)} restarts over changed data`,
    `${formatCount(retries)} retries of ${formatCount(daysRetried)} failed days`,
    `${formatCount(counts.objects)} objects of ${formatCount(counts.samples)} samples compared by DuckDB`,
    `${formatCount(counts.liveWindows)} windows of ${formatCount(counts.liveSamples)} samples of live sites compared over D1 and R2; ${formatCount(counts.rolledOver)} days rolled over`,
    `${formatCount(counts.requests)} requests, at most ${formatCount(counts.busiestMinute)} in any minute of ${formatCount(counts.limit)} allowed`,
  ];
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        minutes: { type: "string", default: "10" },
        seed: { type: "string" },
        sites: { type: "string", default: "3" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), HELP, { cause });
  }
}

function numberOf(option: string, text: string, min: number, max: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new CommandError(`${option} ${text} is no whole number from ${min} to ${max}.`, HELP);
}
