import type { AddCommand } from "../cli.ts";
import { checks, exitCodeOf, type Finding, findingLines } from "../doctor/doctor.ts";
import { paint, printText } from "../output.ts";

export const addDoctor: AddCommand = (program, cli) => {
  program
    .command("doctor")
    .description("check the connection to the Workers and their configuration, and say how to fix problems")
    .addHelpText(
      "after",
      `
Checks addresses, keys, configuration, clocks, storage and the backfill. It changes nothing. Exit code 0 when no check
fails (warnings do not count), otherwise the exit code of the first failure.

Example:
  BACKFILL_URL=https://… BACKFILL_API_KEY=… QUERY_URL=https://… QUERY_API_KEY=… npx bv-backfill doctor`,
    )
    .action(async () => {
      const all: Finding[] = [];
      for await (const findings of checks(cli.backfill, cli.query)) {
        all.push(...findings);
        for (const line of findings.flatMap((finding) => findingLines(finding, paint))) printText(line);
      }
      cli.exitCode = exitCodeOf(all);
    });
};
