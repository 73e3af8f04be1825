import { useEffect, useRef } from "preact/hooks";
import type { UtcDay } from "../../../src/domain/day.ts";
import { integer } from "../formatting.ts";
import type { DayRange } from "../ranges.ts";
import type { DaysByDate } from "./calendar-state.ts";
import { DISPLAY_STATUSES, statusCounts } from "./display-status.ts";
import { cornerOf } from "./paint.ts";
import type { Palette } from "./palette.ts";
import { WEEKDAYS, weekdayOf, yearOf } from "./year.ts";
import { YearCanvas } from "./year-canvas.tsx";

interface SiteCalendarProps {
  readonly site: string;
  readonly days: DaysByDate | undefined;
  /** Why the days that are shown may be stale. */
  readonly loadError: string | undefined;
  readonly years: readonly number[];
  readonly throttled: boolean;
  readonly selection: DayRange | undefined;
  readonly last: UtcDay;
  /** The day under the keyboard cursor. */
  readonly cursor: UtcDay;
  readonly cursorText: string;
  readonly palette: Palette;
  onKey(event: KeyboardEvent, cursor: UtcDay): void;
  onFocus(): void;
  onBlur(): void;
}

/**
 * The years of one site. Each year is a picture, and for keyboard and screen reader a grid row whose only cell is the day
 * under the cursor: a thousand cells in the document would be slow.
 */
export function SiteCalendar(props: SiteCalendarProps) {
  const { site, days, loadError, years, throttled, selection, last, cursor, palette } = props;
  const cell = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const selected = selection?.sites.includes(site) ? selection : undefined;
  const isSelected = selected && cursor >= selected.from && cursor <= selected.to;
  const weekday = WEEKDAYS[weekdayOf(cursor)];
  const label = `${weekday} ${cursor}, ${site}: ${props.cursorText}${isSelected ? ", selected" : ""}`;
  const { x, y } = cornerOf(cursor);
  useEffect(() => {
    if (document.activeElement === grid.current)
      cell.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [cursor]);
  return (
    <section class="site" aria-label={site}>
      <h3>{site}</h3>
      <p class="hint">{countsText(days, throttled, loadError)}</p>
      {loadError && <p class="error">These days could not be loaded. {loadError}</p>}
      <div class="scrolls">
        <table
          ref={grid}
          id={`grid-${site}`}
          class="years"
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table that keys move in
          role="grid"
          tabIndex={0}
          aria-label={`Days of ${site}`}
          aria-describedby="calendar-keys"
          aria-activedescendant={`${site}-${cursor}`}
          onKeyDown={(event) => props.onKey(event, cursor)}
          onFocus={props.onFocus}
          onBlur={props.onBlur}
        >
          <tbody>
            {years.map((year) => {
              const hasCursor = yearOf(cursor) === year;
              return (
                <tr key={year}>
                  <th scope="row">
                    <div>
                      {year}
                      <ol class="weekdays" aria-hidden="true">
                        {WEEKDAYS.map((name) => (
                          <li key={name}>{name}</li>
                        ))}
                      </ol>
                    </div>
                  </th>
                  {/* The id changes with the day, so that a screen reader reads the new day. */}
                  <td
                    id={`${site}-${hasCursor ? cursor : year}`}
                    aria-label={hasCursor ? label : `Days of ${year}`}
                  >
                    <YearCanvas {...{ site, year, days, throttled, last, palette, selected }} />
                    {hasCursor && <div ref={cell} class="cursor" style={{ left: `${x}px`, top: `${y}px` }} />}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function countsText(days: DaysByDate | undefined, throttled: boolean, loadError: string | undefined): string {
  if (!days) return loadError ? "" : "Loading …";
  const counts = statusCounts(days.values(), throttled);
  const requested = DISPLAY_STATUSES.filter((status) => status !== "not requested" && counts[status] > 0);
  if (requested.length === 0) return "No day is requested yet.";
  return requested.map((status) => `${integer(counts[status])} ${status}`).join(", ");
}
