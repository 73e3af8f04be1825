import type { State } from "../state/state.ts";
import { ChartPanel } from "./chart-panel.tsx";
import type { ExplorerCommands } from "./commands.ts";
import { PointList } from "./point-list.tsx";
import { QuerySignIn } from "./query-sign-in.tsx";
import { Where } from "./where.tsx";

export interface ExplorerProps {
  readonly state: State;
  readonly commands: ExplorerCommands;
}

/** Finds a point and draws it. */
export function ExplorerView({ state, commands }: ExplorerProps) {
  const { explorer } = state;
  if (explorer.access !== "open") return <QuerySignIn explorer={explorer} commands={commands} />;
  return (
    <div class="explorer">
      <section aria-labelledby="find">
        <h2 id="find">Find a point</h2>
        <Where state={state} commands={commands} />
        <PointList explorer={explorer} commands={commands} />
      </section>
      <ChartPanel explorer={explorer} commands={commands} />
    </div>
  );
}
