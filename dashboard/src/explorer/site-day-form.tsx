import { useState } from "preact/hooks";
import type { UtcDay } from "../../../src/domain/day.ts";
import { type DaysByDate, latestCompleted } from "../calendar/calendar.tsx";
import { DateField } from "../date-field.tsx";
import type { SiteDay } from "../ranges.ts";
import type { ExplorerState } from "./explorer-state.ts";

interface SiteDayFormProps {
  readonly explorer: ExplorerState;
  readonly sites: readonly string[];
  readonly days: ReadonlyMap<string, DaysByDate>;
  onList(site: string, day: UtcDay): void;
}

/** Chooses the site and the day whose points are listed. */
export function SiteDayForm({ explorer, sites, days, onList }: SiteDayFormProps) {
  /** Chosen since the last list was loaded. */
  const [chosen, choose] = useState<Partial<SiteDay>>({});
  const site = chosen.site ?? explorer.site ?? sites[0] ?? "";
  const day = chosen.day ?? explorer.day ?? latestCompleted(days.get(site));
  return (
    <form
      class="pair"
      onSubmit={(event) => {
        event.preventDefault();
        if (!day) return;
        choose({});
        onList(site, day);
      }}
    >
      <label>
        Site
        <select
          value={site}
          onChange={({ currentTarget: { value } }) => choose((before) => ({ ...before, site: value }))}
        >
          {sites.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <DateField name="Day" value={day} onDay={(other) => choose((before) => ({ ...before, day: other }))} />
      <button type="submit">List points</button>
    </form>
  );
}
