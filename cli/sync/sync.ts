/** The command about the live sync. The door of this folder. */
export { addSync } from "./sync-command.ts";
export { dueLines } from "./sync-lines.ts";
