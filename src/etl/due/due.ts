/** Days that the site's backfill fetches: to archive them, and to let them leave hot storage. */
export {
  daysToRollOver,
  dueDays,
  firstHotDay,
  isSatisfied,
  rollOverAt,
  type Settings,
} from "./due-days.ts";
export { exchangeDueDays } from "./exchange.ts";
export { rollOver } from "./roll-over.ts";
