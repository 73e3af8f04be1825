// Plain JavaScript that any version of Node can read, so that an old one gets instructions instead of a syntax error.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_MAJOR_MIN = 24;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * What keeps a command from starting, and what to do about it; undefined when nothing does.
 * @param {string} command The command as the user would type it.
 * @param {{ version: string, root: string }} [machine]
 * @returns {string | undefined}
 */
export function obstacle(command, { version, root } = { version: process.version, root: ROOT }) {
  const installed = (/** @type {string} */ path) => existsSync(join(root, "node_modules", path));
  const isOld = Number(version.slice(1).split(".")[0]) < NODE_MAJOR_MIN;
  if (!installed(".") || (isOld && !installed("node"))) {
    return `${command} needs the packages of this checkout, which are not installed. Run:

  npm install --include=dev`;
  }
  if (!isOld) return undefined;
  const needs = `${command} needs Node ${NODE_MAJOR_MIN} or newer; this is ${version}.`;
  if (installed("node/bin/node") || installed("node/bin/node.exe")) {
    return `${needs}

The checkout has Node ${NODE_MAJOR_MIN} in node_modules, which npm and npx use. In the checkout, run:

  ${command}`;
  }
  return `${needs}

An install script brings Node ${NODE_MAJOR_MIN}. It did not run, because the packages were installed with the flag
--ignore-scripts, or with ignore-scripts=true in an .npmrc. Run:

  npm install --ignore-scripts=false

Or install Node ${NODE_MAJOR_MIN} from https://nodejs.org, and run the command again.`;
}

/**
 * Starts a command, unless something keeps it from starting: then that is printed, and the exit code is 2.
 * @param {string} command The command as the user would type it.
 * @param {() => unknown} start
 */
export async function launch(command, start) {
  const text = obstacle(command);
  if (text !== undefined) {
    console.error(text);
    process.exitCode = 2;
    return;
  }
  // Compiling the same code again would take half of the time to the first line.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  await start();
}
