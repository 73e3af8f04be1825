import type { Cancelled } from "../../src/contract/backfill.ts";
import { counted } from "../../terminal/terminal.ts";
import { jsonOption, startArguments } from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import { note, print, printJson } from "../output.ts";
import { requestChange } from "../watch/watch.ts";

export const addCancel: AddCommand = (program, cli) => {
  program
    .command("cancel")
    .description("cancel the backfill; completed days are kept")
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  npx bv-backfill cancel")
    .action(async ({ json }: { json?: true }) => {
      const cancelled = await requestChange(cli, "status", () =>
        cli.backfill.request<Cancelled>("POST", "/backfill/cancel", "backfill_id"),
      );
      if (json) return printJson(cancelled);
      print(`cancelled ${cancelled.backfill_id}: ${counted(cancelled.days_completed, "site-day")} completed`);
      if (cancelled.sites_stopping.length > 0) {
        note(
          `These sites did not respond and stop as soon as they do: ${cancelled.sites_stopping.join(", ")}`,
        );
      }
      const { start_date: from, end_date: to, sites } = await cli.backfill.status();
      // A start without the sites would be a backfill of all sites.
      const site = sites.map((view) => view.site);
      note(`To resume: ${cli.commandLine(`start ${startArguments(from, to, { site })}`)}`);
    });
};
