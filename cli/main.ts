import { Command, CommanderError } from "commander";
import { EXIT, runToEnd } from "../terminal/terminal.ts";
import { type AddCommand, Cli } from "./cli.ts";
import { addCancel } from "./commands/cancel.ts";
import { addDays } from "./commands/days.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addErrors } from "./commands/errors.ts";
import { addExport } from "./commands/export.ts";
import { addPlan } from "./commands/plan.ts";
import { addQuery } from "./commands/query.ts";
import { addRetry } from "./commands/retry.ts";
import { addStart } from "./commands/start.ts";
import { addStatus } from "./commands/status.ts";
import { addUp } from "./commands/up.ts";
import { addVerify } from "./commands/verify.ts";
import { CONNECTION_OPTIONS } from "./connection.ts";

/** In the order of the help: that of an operator's day. */
const COMMANDS: readonly AddCommand[] = [
  addUp,
  addPlan,
  addStart,
  addStatus,
  addCancel,
  addRetry,
  addDays,
  addErrors,
  addVerify,
  addQuery,
  addExport,
  addDoctor,
];

const HELP = `
Exit codes:
  ${EXIT.done}  done
  ${EXIT.partial}  in part: days failed, a check found something, a file is missing
  ${EXIT.usage}  the command line is wrong
  ${EXIT.unreachable}  a Worker can't be reached
  ${EXIT.rejected}  a Worker refuses, and says why
  ${EXIT.bug}  a fault of the command itself

What was asked for goes to stdout, what accompanies it to stderr. NO_COLOR is minded.`;

await runToEnd(async (run) => {
  const program = new Command("backfill")
    .description("Backfill building telemetry, look after it, and read it back")
    .usage("<command> [options]")
    .configureHelp({ showGlobalOptions: true, helpWidth: 110 })
    .showHelpAfterError("See --help, also behind a command.")
    .exitOverride()
    .addHelpText("after", HELP);
  for (const option of CONNECTION_OPTIONS) program.addOption(option);
  const cli = new Cli(program, run);
  for (const add of COMMANDS) add(program, cli);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // It has said what is wrong, or has shown the help that was asked for.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return cli.exitCode;
});
