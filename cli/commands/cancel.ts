import { whole } from "../../local/figures.ts";
import type { Cancelled } from "../../src/contract/backfill.ts";
import { jsonOption } from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import { note, say, sayJson } from "../terminal.ts";

export const addCancel: AddCommand = (program, cli) => {
  program
    .command("cancel")
    .description("stop the backfill; what it has fetched is kept")
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  npx backfill cancel")
    .action(async ({ json }: { json?: true }) => {
      const cancelled = await cli.backfill.ask<Cancelled>("POST", "/backfill/cancel");
      if (json) return sayJson(cancelled);
      say(`cancelled ${cancelled.backfill_id}: ${whole(cancelled.days_completed)} site-days are done`);
      if (cancelled.sites_stopping.length > 0) {
        note(`Not reached yet, and stopped as soon as they are: ${cancelled.sites_stopping.join(", ")}`);
      }
      const { start_date: from, end_date: to } = await cli.backfill.status();
      note(`Go on with: ${cli.typed(`start ${from} ${to}`)}`);
    });
};
