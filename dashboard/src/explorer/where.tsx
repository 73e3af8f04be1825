import { useState } from "preact/hooks";
import type { Place } from "../calendar/days.ts";
import { DateField } from "../date-field.tsx";
import { sitesOf } from "../state/state.ts";
import type { ExplorerProps } from "./explorer-view.tsx";
import { latestCompleted } from "./latest-completed.ts";

/** The site, and a day whose points are listed. */
export function Where({ state, commands }: ExplorerProps) {
  /** What was chosen since the last list. */
  const [chosen, choose] = useState<Partial<Place>>({});
  const { explorer, calendar } = state;
  const sites = sitesOf(state);
  const site = chosen.site ?? explorer.site ?? sites[0] ?? "";
  const day = chosen.day ?? explorer.day ?? latestCompleted(calendar.days.get(site));
  return (
    <form
      class="pair"
      onSubmit={(event) => {
        event.preventDefault();
        if (!day) return;
        choose({});
        void commands.listPoints(site, day);
      }}
    >
      <label>
        Site
        <select value={site} onChange={(event) => choose({ ...chosen, site: event.currentTarget.value })}>
          {sites.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <DateField name="Day" value={day} onDay={(other) => choose({ ...chosen, day: other })} />
      <button type="submit">List its points</button>
    </form>
  );
}
