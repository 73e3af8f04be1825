// `node launch/run.js FILE ARGUMENT…`, with which every npm script starts: runs a file of the project or of a package.
import Module from "node:module";
import { resolve } from "node:path";
import { launch } from "./launch.js";

const script = process.env.npm_lifecycle_event;
const words = process.argv.slice(2).join(" ");
await launch(script ? `npm run ${script}` : `npx node launch/run.js ${words}`, () => {
  // The file finds itself as the main module, and its own arguments.
  const [node = "", , file = "", ...rest] = process.argv;
  process.argv = [node, resolve(file), ...rest];
  Module.runMain();
});
