import { useState } from "preact/hooks";
import type { Status } from "../../../src/contract/backfill.ts";
import { parseUtcDay } from "../../../src/domain/day.ts";
import { type DayRange, type SiteDay, yesterdayOf } from "../ranges.ts";
import {
  type CalendarState,
  type DaysByDate,
  isInRange,
  rangeBetween,
  yearsShown,
} from "./calendar-state.ts";
import { DayTooltip } from "./day-tooltip.tsx";
import { DISPLAY_STATUSES, dayText } from "./display-status.ts";
import { useDrag } from "./drag.ts";
import { clamped, keyMeaning } from "./keys.ts";
import { usePalette } from "./palette.ts";
import { SiteCalendar } from "./site-calendar.tsx";
import { firstDayOf, lastDayOf, yearOf } from "./year.ts";

export {
  type CalendarState,
  type DaysByDate,
  dayToList,
  EMPTY_CALENDAR,
  withCursor,
  withDays,
  withLoadError,
} from "./calendar-state.ts";
export { displayStatus } from "./display-status.ts";
export { staleDays, staleDueDays } from "./stale-days.ts";

interface CalendarProps {
  /** As it is drawn. */
  readonly calendar: CalendarState;
  /** As it is now: keys are faster than frames, and each key continues from where the last key led. */
  current(): CalendarState;
  readonly status: Status | undefined;
  readonly throttled: boolean;
  readonly sites: readonly string[];
  readonly now: number;
  onCursor(to: SiteDay, extend: boolean): void;
  onSelect(selection: DayRange | undefined): void;
  /** Selects the range and estimates it. */
  onEstimate(selection: DayRange): void;
  onOpen(siteDay: SiteDay): void;
  onMoreYears(at: "before" | "after"): void;
}

export function Calendar(props: CalendarProps) {
  const { calendar, current, status, throttled, sites, now, onCursor, onSelect, onEstimate } = props;
  const palette = usePalette();
  /** The day that the tooltip describes. */
  const [pointed, point] = useState<SiteDay | undefined>(undefined);
  const years = yearsShown(calendar, now);
  const last = yesterdayOf(now);
  const lastShown = lastDayOf(years.at(-1) ?? yearOf(last));
  const [end = last] = [lastShown, last].sort();
  const bounds = { first: firstDayOf(years[0] ?? yearOf(last)), last: end };
  const open = (siteDay: SiteDay) => {
    onSelect(undefined);
    point(undefined);
    props.onOpen(siteDay);
  };
  const drag = useDrag(end, {
    onHover: (siteDay) => {
      if (siteDay?.site !== pointed?.site || siteDay?.day !== pointed?.day) point(siteDay);
    },
    onMove: onCursor,
    onOpen: open,
    onRange: (from, to) => onEstimate(rangeBetween(from, to, sites)),
  });

  function onKey(event: KeyboardEvent, drawn: SiteDay) {
    const { cursor, selection } = current();
    const at = cursor?.site === drawn.site ? { ...cursor, day: clamped(cursor.day, bounds) } : drawn;
    const meaning = keyMeaning(event, at.day, bounds);
    if (!meaning) return;
    event.preventDefault();
    switch (meaning.do) {
      case "move":
        point({ ...at, day: meaning.to });
        return onCursor({ ...at, day: meaning.to }, meaning.extend);
      case "open":
        return isInRange(at, selection) ? onEstimate(selection) : open(at);
      case "clear":
        point(undefined);
        return onSelect(undefined);
      default:
        return meaning satisfies never;
    }
  }

  return (
    <section aria-labelledby="calendar">
      <div class="heading">
        <h2 id="calendar">Days</h2>
        <div class="buttons">
          <MoreYears year={yearOf(bounds.first) - 1} onMore={() => props.onMoreYears("before")} />
          {lastShown < last && (
            <MoreYears year={yearOf(lastShown) + 1} onMore={() => props.onMoreYears("after")} />
          )}
        </div>
      </div>
      <Legend />
      <p id="calendar-keys" class="hint with-mouse">
        Click a day to open it. Drag over days, or hold Shift with the arrow keys, to select a range. The up
        and down arrow keys move by a day, left and right by a week. Enter opens the day, or estimates the
        selected range. Escape clears the selection.
      </p>
      <p class="hint with-touch">
        Tap a day to open it. To select a range, enter its first and last day under “Plan a backfill”.
      </p>
      <div class="sites" {...drag}>
        {sites.map((site) => {
          const stored = calendar.cursor?.site === site ? calendar.cursor.day : undefined;
          const working = status?.sites.find((view) => view.site === site)?.current_date;
          // Clamped, because the years that are shown can have changed since the cursor moved.
          const cursor = clamped(stored ?? parseUtcDay(working ?? "") ?? bounds.last, bounds);
          return (
            <SiteCalendar
              key={site}
              {...{ site, years, last, palette, throttled, cursor }}
              days={calendar.days.get(site)}
              cursorText={textOf(calendar.days.get(site), cursor, throttled)}
              loadError={calendar.loadErrors.get(site)}
              selection={calendar.selection}
              onKey={(event, day) => onKey(event, { site, day })}
              onFocus={() => point({ site, day: cursor })}
              onBlur={() => point(undefined)}
            />
          );
        })}
      </div>
      {pointed && (
        <DayTooltip
          siteDay={pointed}
          text={textOf(calendar.days.get(pointed.site), pointed.day, throttled)}
        />
      )}
    </section>
  );
}

/** A day is called "not requested" only once the site's days are known. */
function textOf(days: DaysByDate | undefined, day: string, throttled: boolean): string {
  return days ? dayText(days.get(day), throttled) : "not loaded yet";
}

function MoreYears({ year, onMore }: { year: number; onMore(): void }) {
  return (
    <button type="button" class="quiet" onClick={onMore}>
      Show {year}
    </button>
  );
}

function Legend() {
  return (
    <ul class="legend" aria-label="Colours">
      {DISPLAY_STATUSES.map((status) => (
        <li key={status}>
          <span class="swatch" data-status={status} aria-hidden="true" />
          {status}
        </li>
      ))}
    </ul>
  );
}
