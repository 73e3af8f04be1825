/**
 * The simulator as a process. Prints one JSON line, {"url", "api"}, once it is ready; ends on SIGTERM and SIGINT.
 * `npx node simulator/main.ts --help` lists the flags.
 */
import { parseArgs } from "node:util";
import { FLAGS, flagsHelp, optionsFrom } from "./flags.ts";
import { startSimulator } from "./server/server.ts";

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
