import type { DaysByDate } from "../calendar/calendar.tsx";
import { ChartPanel } from "./chart-panel.tsx";
import type { ExplorerCommands } from "./explorer-commands.ts";
import type { ExplorerState } from "./explorer-state.ts";
import { PointList } from "./point-list.tsx";
import { QuerySignIn } from "./query-sign-in.tsx";
import { SiteDayForm } from "./site-day-form.tsx";

export { explorerCommands } from "./explorer-commands.ts";
export {
  choicesOf,
  type ExplorerAction,
  type ExplorerChoices,
  type ExplorerState,
  NO_CHOICES,
  NO_EXPLORER,
  reduceExplorer,
} from "./explorer-state.ts";
export { AGGREGATES, INTERVALS, isAllowed, type Span } from "./span.ts";

interface ExplorerProps {
  /** As it is drawn. */
  readonly explorer: ExplorerState;
  /** As it is now. */
  current(): ExplorerState;
  readonly sites: readonly string[];
  readonly days: ReadonlyMap<string, DaysByDate>;
  readonly commands: ExplorerCommands;
}

/** Lists the points of a day, and shows the samples of one. */
export function Explorer({ explorer, current, sites, days, commands }: ExplorerProps) {
  if (explorer.access !== "open") return <QuerySignIn explorer={explorer} commands={commands} />;
  return (
    <div class="explorer">
      <section aria-labelledby="find">
        <h2 id="find">Find a point</h2>
        <SiteDayForm {...{ explorer, current, sites, days }} onList={commands.listPoints} />
        <PointList explorer={explorer} commands={commands} />
      </section>
      <ChartPanel explorer={explorer} commands={commands} />
    </div>
  );
}
