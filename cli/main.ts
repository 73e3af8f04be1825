import { Command, CommanderError } from "commander";
import { EXIT, reflowed, runToEnd, wrapped } from "../terminal/terminal.ts";
import { Cli } from "./cli.ts";
import { COMMANDS } from "./commands/commands.ts";
import { CONNECTION_OPTIONS } from "./connection.ts";
import { DAY_FORMS, withoutSigns } from "./days.ts";
import { versionText } from "./version.ts";

const HELP = `
Days (FROM, TO) are in UTC, and both are included: ${DAY_FORMS}
(all days of a month or a year). A backfill has at most 366 days.

Exit codes:
  ${EXIT.done}  done
  ${EXIT.partial}  something is wrong or missing: failed days, problems found, nothing to verify, no such files or samples
  ${EXIT.usage}  the command line is wrong
  ${EXIT.unreachable}  a Worker can't be reached
  ${EXIT.rejected}  a Worker rejected the request; its reason is printed
  ${EXIT.bug}  a bug in this command

Results go to stdout, everything else to stderr. Colours are off when NO_COLOR is set.`;

/** Longer lines are hard to read. */
const HELP_WIDTH = Math.min(process.stdout.columns || 110, 110);

await runToEnd(async (run) => {
  const program = new Command("bv-backfill")
    .description("Backfill building telemetry into R2, monitor and check it, and query or export it")
    .usage("<command> [options]")
    .option("-V, --version", "print the version, and the commit where it is known")
    .on("option:version", () => {
      process.stdout.write(`${versionText()}\n`);
      throw new CommanderError(EXIT.done, "commander.version", "");
    })
    .configureHelp({ showGlobalOptions: true, helpWidth: HELP_WIDTH })
    // The texts after the options are longer than narrow terminals, and commander wraps only what is before them.
    .configureOutput({
      writeOut: (text) => process.stdout.write(reflowed(text, HELP_WIDTH)),
      writeErr: (text) => process.stderr.write(wrapped(text, HELP_WIDTH)),
    })
    .showHelpAfterError("For help, add --help to the command.")
    .exitOverride()
    .addHelpText("after", HELP);
  for (const option of CONNECTION_OPTIONS) program.addOption(option);
  const cli = new Cli(program, run);
  for (const add of COMMANDS) add(program, cli);
  try {
    await program.parseAsync(withoutSigns(process.argv));
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // commander has printed the error, or the help.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return cli.exitCode;
});
