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
Use it where the ledger was lost: days whose files are in R2 are then completed again. The files are listed, not read; a
file without the evidence of a backfill makes its day unverified, and the next start fetches that day again. Exit code 1 when there is any problem, or
when a site has no file at all.

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
