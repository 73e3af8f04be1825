import { useEffect, useRef } from "preact/hooks";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { Selection } from "../api/backfill-api.ts";
import { whole } from "../progress/figures.ts";
import type { SiteDays as Days } from "./days.ts";
import { cornerOf } from "./paint.ts";
import type { Palette } from "./palette.ts";
import { countsOf, dayLabel, SHOWN } from "./shown-status.ts";
import { yearOf } from "./year.ts";
import { YearCanvas } from "./year-canvas.tsx";

interface SiteDaysProps {
  readonly site: string;
  readonly days: Days | undefined;
  /** Why what is shown may be old. */
  readonly unread: string | undefined;
  readonly years: readonly number[];
  readonly throttled: boolean;
  readonly selection: Selection | undefined;
  readonly last: UtcDay;
  /** The day that the keyboard is on. */
  readonly cursor: UtcDay;
  readonly palette: Palette;
  onKey(event: KeyboardEvent, cursor: UtcDay): void;
}

/**
 * The years of one site: a picture for the eye, and for keyboard and screen reader a grid of a row a year, whose one
 * cell is the day under the cursor. A thousand cells in the document would say the same, slowly.
 */
export function SiteDays(props: SiteDaysProps) {
  const { site, days, unread, years, throttled, selection, last, cursor, palette, onKey } = props;
  const cell = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const selected = selection?.sites.includes(site) ? selection : undefined;
  const chosen = selected && cursor >= selected.from && cursor <= selected.to ? ", chosen" : "";
  const label = dayLabel(cursor, site, days?.get(cursor), throttled) + chosen;
  const { x, y } = cornerOf(cursor);
  useEffect(() => {
    if (document.activeElement === grid.current)
      cell.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [cursor]);
  return (
    <section class="site" aria-label={site}>
      <h3>{site}</h3>
      <p class="hint">{countsText(days, throttled, unread)}</p>
      {unread && <p class="refusal">These days could not be read. {unread}</p>}
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
          onKeyDown={(event) => onKey(event, cursor)}
        >
          <tbody>
            {years.map((year) => {
              const here = yearOf(cursor) === year;
              return (
                <tr key={year}>
                  <th scope="row">{year}</th>
                  {/* Another day is another cell to a screen reader: it is read out. */}
                  <td id={`${site}-${here ? cursor : year}`} aria-label={here ? label : `Days of ${year}`}>
                    <YearCanvas {...{ site, year, days, throttled, last, palette, selected }} />
                    {here && <div ref={cell} class="cursor" style={{ left: `${x}px`, top: `${y}px` }} />}
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

function countsText(days: Days | undefined, throttled: boolean, unread: string | undefined): string {
  if (!days) return unread ? "" : "Loading …";
  if (days.size === 0) return "No day was asked for yet.";
  const counts = countsOf(days.values(), throttled);
  return SHOWN.filter((status) => counts[status] > 0)
    .map((status) => `${whole(counts[status])} ${status}`)
    .join(", ");
}
