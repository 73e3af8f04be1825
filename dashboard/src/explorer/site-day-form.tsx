import type { UtcDay } from "../../../src/domain/day.ts";
import { type DaysByDate, dayToList } from "../calendar/calendar.tsx";
import { DateField } from "../date-field.tsx";
import type { ExplorerState } from "./explorer-state.ts";

interface SiteDayFormProps {
  /** As it is drawn. */
  readonly explorer: ExplorerState;
  /** As it is now: a second choice may come before the first is drawn. */
  current(): ExplorerState;
  readonly sites: readonly string[];
  readonly days: ReadonlyMap<string, DaysByDate>;
  onList(site: string, day: UtcDay | undefined): void;
}

/** Chooses the site and the day whose points are listed. A choice lists them at once. */
export function SiteDayForm({ explorer, current, sites, days, onList }: SiteDayFormProps) {
  const siteOf = (of: ExplorerState) => of.site ?? sites[0] ?? "";
  const dayOf = (of: ExplorerState) => of.day ?? dayToList(days.get(siteOf(of)), undefined);
  const site = siteOf(explorer);
  return (
    <form
      class="pair"
      onSubmit={(event) => {
        event.preventDefault();
        onList(siteOf(current()), dayOf(current()));
      }}
    >
      <label>
        Site
        <select
          value={site}
          onChange={({ currentTarget: { value } }) =>
            onList(value, dayToList(days.get(value), dayOf(current())))
          }
        >
          {sites.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <DateField name="Day" value={dayOf(explorer)} onDay={(day) => onList(siteOf(current()), day)} />
      <button type="submit">List points</button>
    </form>
  );
}
