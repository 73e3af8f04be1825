import { InvalidArgumentError, Option } from "commander";
import { poll } from "../../client/client.ts";
import type { AuditAccepted, AuditView } from "../../src/contract/backfill.ts";
import { EXIT } from "../../terminal/terminal.ts";
import { day, jsonOption, type Selection, selectionFields, siteOption } from "../arguments.ts";
import { type AuditBaseline, auditLine, auditTable } from "../audit-lines.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { note, say, sayJson, stdoutWidth } from "../terminal.ts";
import { steered, watched, watchScreen } from "../watched.ts";

export const addVerify: AddCommand = (program, cli) => {
  program
    .command("verify")
    .description("compare the ledger with the files in R2, in the Worker")
    .argument("[from]", "first day, YYYY-MM-DD (every day where absent)", day)
    .argument("[to]", "last day, included (the first where absent)", day)
    .option("--quick", "ask for each file's size, hash and count (as where nothing is said)")
    .addOption(new Option("--full", "read each file, and count and hash what is in it").conflicts("quick"))
    .option(
      "--sample <percent>",
      "a share of each site's days, as 5%, spread evenly; in full but for --quick",
      percent,
    )
    .option("--last", "begin none: show the latest, to its end where it still runs")
    .addOption(siteOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
A day whose file is missing or wrong counts as done no more, and is fetched again. Exit code 1 where there are any.

Examples:
  npx backfill verify
  npx backfill verify --sample 5%
  npx backfill verify 2024-01-01 2024-12-31 --full --site building_a`,
    )
    .action(async (from: string | undefined, to: string | undefined, options: VerifyOptions) => {
      const request = { ...options, from, to: to ?? from };
      const sites = options.last
        ? await lookedAt(cli)
        : await steered(cli, "verify --last", () => begin(cli, request));
      const audits = await toTheirEnd(cli, sites);
      if (options.json) sayJson(audits);
      else if (audits.length > 0) for (const line of auditTable(audits, stdoutWidth())) say(line);
      if (audits.every(({ problems_total }) => problems_total === 0)) return;
      note(`What was wrong is to be fetched again. Look with: ${cli.typed("days")}`);
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

/** The sites that are looked at. */
async function begin(cli: Cli, options: VerifyOptions): Promise<readonly string[]> {
  const full = options.full ?? (options.sample !== undefined && !options.quick);
  const { sites } = await cli.backfill.request<AuditAccepted>("POST", "/backfill/verify", "sites", {
    ...selectionFields(options),
    mode: full ? "full" : "quick",
    ...(options.sample !== undefined && { sample_percent: options.sample }),
  });
  return sites;
}

/** The sites that had a verification; what refuses to tell is not waited for. */
async function lookedAt(cli: Cli): Promise<readonly string[]> {
  const audits = await cli.backfill.audits();
  if (audits.length === 0) note(`Nothing was verified yet. Begin with: ${cli.typed("verify")}`);
  return audits.map(({ site }) => site);
}

async function toTheirEnd(cli: Cli, sites: readonly string[]): Promise<AuditView[]> {
  const screen = watchScreen(cli, process.stderr);
  const since = new Map<string, AuditBaseline>();
  const { backfill } = cli;
  const ask = async () => (await backfill.audits()).filter(({ site }) => sites.includes(site));
  const show = (audits: AuditView[]) => {
    const nowMs = performance.now();
    const lines = audits.map((audit) => {
      const first = since.get(audit.site) ?? { days: audit.days_checked, atMs: nowMs };
      since.set(audit.site, first);
      return auditLine(audit, first, nowMs, screen.width !== undefined);
    });
    screen.show(lines);
  };
  const goesOn = `It goes on in the Worker. Come back with: ${cli.typed("verify --last")}`;
  // A site that is not among them has not come to its end.
  const done = (audits: AuditView[]) =>
    audits.filter(({ state }) => state === "completed").length === sites.length;
  const audits = await watched<AuditView[]>(cli, goesOn, (how) => poll(ask, done, { ...how, show }));
  screen.settle();
  return audits;
}

function percent(text: string): number {
  const share = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : 0;
  if (share > 0 && share <= 100) return share;
  throw new InvalidArgumentError("It must be a share such as 5%, more than 0% and at most 100%.");
}
