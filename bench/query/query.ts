/** Queries beside other readers of the same files. The door of this folder; `main.ts` has parts with bounds of their own. */
export { querySection } from "./compare/compare.ts";
