import type { RetryAccepted } from "../../src/contract/backfill.ts";
import { formatCount } from "../../terminal/terminal.ts";
import { day, jsonOption, type Selection, selectionFields, siteOption } from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import { steered } from "../watched.ts";
import { sayAccepted } from "./start.ts";

export const addRetry: AddCommand = (program, cli) => {
  program
    .command("retry")
    .description("another chance for failed days: all of them, or those of a range")
    .argument("[from]", "first day, YYYY-MM-DD", day)
    .argument("[to]", "last day, included (the first where absent)", day)
    .addOption(siteOption())
    .option("--watch", "show it to its end; Ctrl-C ends the looking, not the backfill")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExamples:\n  npx backfill retry --watch\n  npx backfill retry 2024-03-01 2024-03-31 --site building_a",
    )
    .action(async (from: string | undefined, to: string | undefined, options: RetryOptions) => {
      const selection = selectionFields({ from, to: to ?? from, site: options.site });
      const retried = await steered(cli, "status", () =>
        cli.backfill.request<RetryAccepted>("POST", "/backfill/retry", "backfill_id", selection),
      );
      const line = `retrying ${retried.backfill_id}: ${formatCount(retried.days)} failed days`;
      await sayAccepted(cli, retried, line, options);
    });
};

interface RetryOptions extends Pick<Selection, "site"> {
  readonly watch?: true;
  readonly json?: true;
}
