import type { Cancelled } from "../../src/contract/backfill.ts";
import { formatCount } from "../../terminal/terminal.ts";
import { jsonOption, startArguments } from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import { note, say, sayJson } from "../terminal.ts";
import { steered } from "../watched.ts";

export const addCancel: AddCommand = (program, cli) => {
  program
    .command("cancel")
    .description("stop the backfill; what it has fetched is kept")
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  npx backfill cancel")
    .action(async ({ json }: { json?: true }) => {
      const cancelled = await steered(cli, "status", () =>
        cli.backfill.request<Cancelled>("POST", "/backfill/cancel", "backfill_id"),
      );
      if (json) return sayJson(cancelled);
      say(`cancelled ${cancelled.backfill_id}: ${formatCount(cancelled.days_completed)} site-days are done`);
      if (cancelled.sites_stopping.length > 0) {
        note(`Not reached yet, and stopped as soon as they are: ${cancelled.sites_stopping.join(", ")}`);
      }
      const { start_date: from, end_date: to, sites } = await cli.backfill.status();
      // Without its sites it would be another backfill: that of all of them.
      const site = sites.map((view) => view.site);
      note(`Go on with: ${cli.typed(`start ${startArguments(from, to, { site })}`)}`);
    });
};
