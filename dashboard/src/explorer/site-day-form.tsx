import type { UtcDay } from "../../../src/domain/day.ts";
import { type DaysByDate, dayToList } from "../calendar/calendar.tsx";
import { DateField } from "../date-field.tsx";
import type { ExplorerState } from "./explorer-state.ts";

interface SiteDayFormProps {
  readonly explorer: ExplorerState;
  readonly sites: readonly string[];
  readonly days: ReadonlyMap<string, DaysByDate>;
  onList(site: string, day: UtcDay | undefined): void;
}

/** Chooses the site and the day whose points are listed. A choice lists them at once. */
export function SiteDayForm({ explorer, sites, days, onList }: SiteDayFormProps) {
  const site = explorer.site ?? sites[0] ?? "";
  const day = explorer.day ?? dayToList(days.get(site), undefined);
  return (
    <form
      class="pair"
      onSubmit={(event) => {
        event.preventDefault();
        onList(site, day);
      }}
    >
      <label>
        Site
        <select
          value={site}
          onChange={({ currentTarget: { value } }) => onList(value, dayToList(days.get(value), day))}
        >
          {sites.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <DateField name="Day" value={day} onDay={(other) => onList(site, other)} />
      <button type="submit">List points</button>
    </form>
  );
}
