/** The commands whose work is an audit in the Worker. The door of this folder. */
export { addRebuild } from "./rebuild-command.ts";
export { addVerify } from "./verify-command.ts";
