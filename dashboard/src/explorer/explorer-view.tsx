import type { UtcDay } from "../../../src/domain/day.ts";
import { type State, sitesOf } from "../state/state.ts";
import { ChartPanel } from "./chart-panel.tsx";
import type { ExplorerCommands } from "./commands.ts";
import { latestCompleted } from "./latest-completed.ts";
import { PointList } from "./point-list.tsx";
import { QuerySignIn } from "./query-sign-in.tsx";

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

/** The site, and a day whose points are listed. */
function Where({ state, commands }: ExplorerProps) {
  const { explorer, calendar } = state;
  const sites = sitesOf(state);
  const site = explorer.site ?? sites[0] ?? "";
  const day = explorer.day ?? latestCompleted(calendar.days.get(site));
  return (
    <form
      class="pair"
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget);
        void commands.listPoints(String(given.get("site")), String(given.get("day")) as UtcDay);
      }}
    >
      <label>
        Site
        <select name="site" value={site}>
          {sites.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <label>
        Day
        <input name="day" type="date" required min="1970-01-01" value={day} />
      </label>
      <button type="submit">List its points</button>
    </form>
  );
}
