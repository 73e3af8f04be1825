import type { AddCommand, Cli } from "../cli.ts";
import { exitCodeOf, type Finding, findingLines, ok } from "../doctor/finding.ts";
import { lookAtBackfill } from "../doctor/look-at-backfill.ts";
import { lookAtArchive, lookAtQuery } from "../doctor/look-at-query.ts";
import { paint, say } from "../terminal.ts";

export const addDoctor: AddCommand = (program, cli) => {
  program
    .command("doctor")
    .description("look at everything that can be seen from here, and say what to do about it")
    .addHelpText(
      "after",
      `
Addresses, keys, configuration, clocks, bindings and the backfill itself. It changes nothing. Exit code 0 where nothing
fails, warnings aside; else that of the first failure.

Example:
  BACKFILL_URL=https://… BACKFILL_API_KEY=… QUERY_URL=https://… QUERY_API_KEY=… npx backfill doctor`,
    )
    .action(async () => {
      const all: Finding[] = [];
      for await (const findings of looks(cli)) {
        all.push(...findings);
        for (const line of findings.flatMap((finding) => findingLines(finding, paint))) say(line);
      }
      cli.exitCode = exitCodeOf(all);
    });
};

/** What nobody has started has no sites; the Query Worker is asked for one that it needn't know. */
const NO_SITE = "doctor";

async function* looks({ backfill, query }: Cli): AsyncGenerator<readonly Finding[]> {
  yield [ok(`Node ${process.version} on this machine`)];
  const { findings, status } = await lookAtBackfill(backfill);
  yield findings;
  const found = await lookAtQuery(query, status?.sites[0]?.site ?? NO_SITE);
  yield found;
  if (status && exitCodeOf(found) === 0) yield await lookAtArchive(backfill, query, status);
}
