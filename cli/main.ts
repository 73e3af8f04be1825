import { Command, CommanderError } from "commander";
import { EXIT, runToEnd } from "../terminal/terminal.ts";
import { Cli } from "./cli.ts";
import { COMMANDS } from "./commands/commands.ts";
import { CONNECTION_OPTIONS } from "./connection.ts";

const HELP = `
Exit codes:
  ${EXIT.done}  done
  ${EXIT.partial}  something is wrong or missing: failed days, problems found, files or samples that do not exist
  ${EXIT.usage}  the command line is wrong
  ${EXIT.unreachable}  a Worker can't be reached
  ${EXIT.rejected}  a Worker rejected the request; its reason is printed
  ${EXIT.bug}  a bug in this command

Results go to stdout, everything else to stderr. Colours are off when NO_COLOR is set.`;

await runToEnd(async (run) => {
  const program = new Command("bv-backfill")
    .description("Backfill building telemetry into R2, monitor and check it, and query or export it")
    .usage("<command> [options]")
    .configureHelp({ showGlobalOptions: true, helpWidth: 110 })
    .showHelpAfterError("For help, add --help to the command.")
    .exitOverride()
    .addHelpText("after", HELP);
  for (const option of CONNECTION_OPTIONS) program.addOption(option);
  const cli = new Cli(program, run);
  for (const add of COMMANDS) add(program, cli);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // commander has printed the error, or the help.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return cli.exitCode;
});
