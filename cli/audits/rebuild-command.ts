import type { AuditAccepted } from "../../src/contract/backfill.ts";
import { EXIT } from "../../terminal/terminal.ts";
import { jsonOption } from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import { note, print, printJson, stdoutWidth } from "../output.ts";
import { requestChange } from "../watch/watch.ts";
import { auditTable } from "./audit-lines.ts";
import { watchAudits } from "./watch-audits.ts";

export const addRebuild: AddCommand = (program, cli) => {
  program
    .command("rebuild")
    .description(
      "rebuild the ledger of all sites from a listing of the files in R2; only while no backfill runs",
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Use it if the ledger was lost: days whose files are in R2 become completed again. The files are listed, not read. If a
file has no evidence of a backfill, its day is unverified, and the next start that includes the day fetches it again.
Exit code 1 if there is any problem, or if a site has no file at all.

Example:
  npx bv-backfill rebuild`,
    )
    .action(async ({ json }: { json?: true }) => {
      const { sites } = await requestChange(cli, "verify --last", () =>
        cli.backfill.request<AuditAccepted>("POST", "/backfill/rebuild", "sites"),
      );
      const audits = await watchAudits(cli, sites, "rebuild");
      if (json) printJson(audits);
      else for (const line of auditTable(audits, stdoutWidth())) print(line);
      if (audits.every(({ outcome }) => outcome === "ok")) return;
      note(`To see the days: ${cli.commandLine("days")}`);
      cli.exitCode = EXIT.partial;
    });
};
