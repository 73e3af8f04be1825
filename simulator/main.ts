/**
 * The simulator as a process. Prints one JSON line, {"url", "api"}, once it is ready; ends on SIGTERM and SIGINT.
 * `npm run simulator -- --help` lists the flags.
 */
import { parseArgs } from "node:util";
import { FLAGS, flagsHelp, optionsFrom } from "./flags.ts";
import { startSimulator } from "./server/server.ts";

// npm runs a script in the project's folder; the user's file names are relative to where the command was typed.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
const { values } = parseArgs({ options: FLAGS });
if (values.help) {
  process.stdout.write(flagsHelp());
  process.exit(0);
}
const options = optionsFrom(values);
const simulator = await startSimulator(options);
for (const day of values.prerender?.split(",") ?? []) {
  for (const site of options.sites) simulator.prerender(typeof site === "string" ? site : site.name, day);
}
process.stdout.write(`${JSON.stringify({ url: simulator.url, api: simulator.api })}\n`);

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}
