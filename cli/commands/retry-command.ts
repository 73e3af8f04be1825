import type { RetryAccepted } from "../../src/contract/backfill.ts";
import { counted } from "../../terminal/terminal.ts";
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
import type { AddCommand } from "../cli.ts";
import type { Days } from "../days.ts";
import { printAccepted, requestChange } from "../watch/watch.ts";

export const addRetry: AddCommand = (program, cli) => {
  program
    .command("retry")
    .description("fetch failed days of the latest backfill again: all of them, or those of a range")
    .argument("[from]", fromDay("all failed days"), days)
    .argument("[to]", TO_DAY, days)
    .addOption(siteOption())
    .option(
      "--watch",
      "show progress until the backfill ends (Ctrl-C stops watching; the backfill keeps running)",
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExamples:\n  npx bv-backfill retry --watch\n  npx bv-backfill retry 2024-03-01 2024-03-31 --site building_a",
    )
    .action(async (from: Days | undefined, to: Days | undefined, options: RetryOptions) => {
      const selection = selectionFields({ ...selectedRange(from, to), site: options.site });
      const retried = await requestChange(cli, "status", () =>
        cli.backfill.request<RetryAccepted>("POST", "/backfill/retry", "backfill_id", selection),
      );
      const line = `retrying ${retried.backfill_id}: ${counted(retried.days, "failed site-day")}`;
      await printAccepted(cli, retried, line, options);
    });
};

interface RetryOptions extends Pick<Selection, "site"> {
  readonly watch?: true;
  readonly json?: true;
}
