import type { AddCommand, Cli } from "../cli.ts";
import { checks, etlUnknown, exitCodeOf, type Finding, findingLines } from "../doctor/doctor.ts";
import { paint, printText } from "../output.ts";

export const addDoctor: AddCommand = (program, cli) => {
  program
    .command("doctor")
    .description("check the connection to the Workers and their configuration, and say how to fix problems")
    .addHelpText(
      "after",
      `
Checks addresses, keys, configuration, clocks, storage, the backfill and the live sync, and that the Workers share a rate
gate, sites and stores. It changes nothing. Exit code 0 when no check
fails (warnings do not count), otherwise the exit code of the first failure.

Example:
  BACKFILL_URL=https://… QUERY_URL=https://… ETL_URL=https://… npx bv-backfill doctor   # the keys as BACKFILL_API_KEY, …`,
    )
    .action(async () => {
      const all: Finding[] = [];
      for await (const findings of checks(cli.backfill, cli.query, etlOf(cli))) {
        all.push(...findings);
        for (const line of findings.flatMap((finding) => findingLines(finding, paint))) printText(line);
      }
      cli.exitCode = exitCodeOf(all);
    });
};

/** An installation without live data has no ETL Sync Worker. */
function etlOf(cli: Cli) {
  try {
    return cli.etl;
  } catch (error) {
    return etlUnknown(error);
  }
}
