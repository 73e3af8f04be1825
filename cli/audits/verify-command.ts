import { InvalidArgumentError, Option } from "commander";
import type { AuditAccepted, AuditView } from "../../src/contract/backfill.ts";
import { daysBetween, type UtcDay } from "../../src/domain/day.ts";
import { counted, EXIT } from "../../terminal/terminal.ts";
import {
  days,
  fromDay,
  jsonOption,
  type Selection,
  selectedRange,
  selectionFields,
  siteOption,
  TO_DAY,
} from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import type { Days } from "../days.ts";
import { note, print, printJson, stdoutWidth } from "../output.ts";
import { requestChange } from "../watch/watch.ts";
import { auditTable } from "./audit-lines.ts";
import { watchAudits } from "./watch-audits.ts";

export const addVerify: AddCommand = (program, cli) => {
  program
    .command("verify")
    .description("check in the Worker that the files of archived days are in R2 and match the ledger")
    .argument("[from]", fromDay("every archived day"), days)
    .argument("[to]", TO_DAY, days)
    .option("--quick", "compare each file's size, hash and count without reading it (default)")
    .addOption(new Option("--full", "read each file, and count and hash its contents").conflicts("quick"))
    .option(
      "--sample <percent>",
      "check only a share of each site's days, such as 5%, spread evenly; implies --full unless --quick is given",
      percent,
    )
    .option("--last", "do not start a verification; show the latest one, and watch it while it runs")
    .addOption(siteOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Only archived days are checked. --quick compares what R2 reports for each file; only --full reads the files. A day whose
file is missing or wrong is no longer completed. If it belongs to the last backfill, it is fetched again at once;
otherwise the next start that includes the day fetches it. Exit code 1 if there is such a day, or if a site has no
archived day in the range.

Examples:
  npx bv-backfill verify
  npx bv-backfill verify --sample 5%
  npx bv-backfill verify 2024-01-01 2024-12-31 --full --site building_a`,
    )
    .action(async (from: Days | undefined, to: Days | undefined, options: VerifyOptions) => {
      const request = { ...options, ...selectedRange(from, to) };
      const sites = options.last
        ? await verifiedSites(cli)
        : await requestChange(cli, "verify --last", () => startVerification(cli, request));
      const audits = await watchAudits(cli, sites, "verification");
      if (options.json) printJson(audits);
      else if (audits.length > 0) for (const line of auditTable(audits, stdoutWidth())) print(line);
      noteUnchecked(audits);
      if (audits.length > 0 && audits.every(({ outcome }) => outcome === "ok")) return;
      cli.exitCode = EXIT.partial;
      if (audits.some(({ outcome }) => outcome === "problems"))
        note(
          "Days of the last backfill are fetched again now, other days by the next start that includes them. " +
            `To see them: ${cli.commandLine("days")}`,
        );
    });
};

/** Says which days of a range were not checked, because they are not archived. */
function noteUnchecked(audits: readonly AuditView[]): void {
  for (const { site, from, to, outcome, days_checked, sample_percent } of audits) {
    if (outcome === "nothing_archived") {
      note(
        `${site}: nothing is archived ${from && to ? `from ${from} to ${to}` : "yet"}, so nothing was checked.`,
      );
    } else if (sample_percent !== undefined) {
      note(`${site}: only a sample was checked, ${counted(days_checked, "day")}.`);
    } else if (from && to) {
      const absent = daysBetween(from as UtcDay, to as UtcDay) + 1 - days_checked;
      if (absent > 0)
        note(`${site}: ${counted(absent, "day")} of the range not archived, and so not checked.`);
    }
  }
}

interface VerifyOptions extends Selection {
  readonly quick?: true;
  readonly full?: true;
  readonly sample?: number;
  readonly last?: true;
  readonly json?: true;
}

/** Starts a verification and returns its sites. */
async function startVerification(cli: Cli, options: VerifyOptions): Promise<readonly string[]> {
  const full = options.full ?? (options.sample !== undefined && !options.quick);
  const { sites } = await cli.backfill.request<AuditAccepted>("POST", "/backfill/verify", "sites", {
    ...selectionFields(options),
    mode: full ? "full" : "quick",
    ...(options.sample !== undefined && { sample_percent: options.sample }),
  });
  return sites;
}

/** The sites of the latest verification. An error here is not retried. */
async function verifiedSites(cli: Cli): Promise<readonly string[]> {
  const audits = await cli.backfill.audits();
  if (audits.length === 0) note(`Nothing was verified yet. To start: ${cli.commandLine("verify")}`);
  return audits.map(({ site }) => site);
}

function percent(text: string): number {
  const share = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : 0;
  if (share > 0 && share <= 100) return share;
  throw new InvalidArgumentError("It must be a share such as 5%, more than 0% and at most 100%.");
}
