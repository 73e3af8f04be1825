import { InvalidArgumentError, Option } from "commander";
import { poll } from "../../client/client.ts";
import type { AuditAccepted, AuditView } from "../../src/contract/backfill.ts";
import { EXIT } from "../../terminal/terminal.ts";
import { day, jsonOption, type Selection, selectionFields, siteOption, TO_DAY } from "../arguments.ts";
import { type AuditBaseline, auditLine, auditTable } from "../audit-lines.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { note, print, printJson, stdoutWidth } from "../output.ts";
import { requestChange, watchScreen, watchWorker } from "../watch/watch.ts";

export const addVerify: AddCommand = (program, cli) => {
  program
    .command("verify")
    .description("check in the Worker that the files in R2 are complete and match the ledger")
    .argument("[from]", "first day, YYYY-MM-DD (default: every day)", day)
    .argument("[to]", TO_DAY, day)
    .option("--quick", "compare each file's size, hash and count without reading it (default)")
    .addOption(new Option("--full", "read each file, and count and hash its contents").conflicts("quick"))
    .option(
      "--sample <percent>",
      "check only a share of each site's days, such as 5%, spread evenly; implies --full unless --quick is given",
      percent,
    )
    .option("--last", "start no verification; show the latest one, until it ends if it still runs")
    .addOption(siteOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
A day whose file is missing or wrong is no longer completed, and is fetched again. Exit code 1 when there is any.

Examples:
  npx bv-backfill verify
  npx bv-backfill verify --sample 5%
  npx bv-backfill verify 2024-01-01 2024-12-31 --full --site building_a`,
    )
    .action(async (from: string | undefined, to: string | undefined, options: VerifyOptions) => {
      const request = { ...options, from, to: to ?? from };
      const sites = options.last
        ? await verifiedSites(cli)
        : await requestChange(cli, "verify --last", () => startVerification(cli, request));
      const audits = await watchUntilDone(cli, sites);
      if (options.json) printJson(audits);
      else if (audits.length > 0) for (const line of auditTable(audits, stdoutWidth())) print(line);
      if (audits.every(({ problems_total }) => problems_total === 0)) return;
      note(`Days with problems will be fetched again. To see them: ${cli.commandLine("days")}`);
      cli.exitCode = EXIT.partial;
    });
};

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

async function watchUntilDone(cli: Cli, sites: readonly string[]): Promise<AuditView[]> {
  const screen = watchScreen(cli, process.stderr);
  const since = new Map<string, AuditBaseline>();
  const { backfill } = cli;
  const request = async () => (await backfill.audits()).filter(({ site }) => sites.includes(site));
  const show = (audits: AuditView[]) => {
    const nowMs = performance.now();
    const lines = audits.map((audit) => {
      const first = since.get(audit.site) ?? { days: audit.days_checked, atMs: nowMs };
      since.set(audit.site, first);
      return auditLine(audit, first, nowMs, screen.width !== undefined);
    });
    screen.show(lines);
  };
  const howToContinue = `The verification is still running. To watch again: ${cli.commandLine("verify --last")}`;
  // A site that is not in the response yet is not done.
  const isDone = (audits: AuditView[]) =>
    audits.filter(({ state }) => state === "completed").length === sites.length;
  const audits = await watchWorker<AuditView[]>(cli, howToContinue, (polling) =>
    poll(request, isDone, { ...polling, show }),
  );
  screen.settle();
  return audits;
}

function percent(text: string): number {
  const share = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : 0;
  if (share > 0 && share <= 100) return share;
  throw new InvalidArgumentError("It must be a share such as 5%, more than 0% and at most 100%.");
}
