import { parseUtcDay } from "../../../src/domain/day.ts";
import type { Selection } from "../api/backfill-api.ts";
import type { Shown } from "../app.tsx";
import { rangeFault } from "../plan/plan-desk.ts";
import { isThrottled } from "../progress/pace.ts";
import { sitesOf } from "../state/state.ts";
import { between, isInRange, type Place, yearsShown, yesterdayOf } from "./days.ts";
import { useDrag } from "./drag.ts";
import { clamped, keyMeaning } from "./keys.ts";
import { usePalette } from "./palette.ts";
import { SHOWN } from "./shown-status.ts";
import { SiteDays } from "./site-days.tsx";
import { firstDayOf, lastDayOf, yearOf } from "./year.ts";

export function Calendar({ state, current, dispatch, commands }: Shown) {
  const palette = usePalette();
  const { calendar, live, now } = state;
  const sites = sitesOf(state);
  const years = yearsShown(calendar, now);
  const last = yesterdayOf(now);
  const shownLast = lastDayOf(years.at(-1) ?? yearOf(last));
  const [end = last] = [shownLast, last].sort();
  const bounds = { first: firstDayOf(years[0] ?? yearOf(last)), last: end };
  const drag = useDrag(end, {
    onMove: (to, extend) => dispatch({ type: "cursor", to, extend }),
    onOpen: open,
    onRange: (from, to) => reckon(between(from, to, sites)),
  });

  function reckon(selection: Selection) {
    dispatch({ type: "select", selection });
    // The plan's fields say what is wrong.
    if (!rangeFault(selection, last)) void commands.plan(selection, state.plan.force);
  }

  function open(place: Place) {
    dispatch({ type: "select", selection: undefined });
    void commands.openDay(place);
  }

  function onKey(event: KeyboardEvent, drawn: Place) {
    const { cursor, selection } = current().calendar;
    const place = cursor?.site === drawn.site ? { ...cursor, day: clamped(cursor.day, bounds) } : drawn;
    const meaning = keyMeaning(event, place.day, bounds);
    if (!meaning) return;
    event.preventDefault();
    switch (meaning.do) {
      case "move":
        return dispatch({ type: "cursor", to: { ...place, day: meaning.to }, extend: meaning.extend });
      case "open":
        return isInRange(place, selection) ? reckon(selection) : open(place);
      case "clear":
        return dispatch({ type: "select", selection: undefined });
      default:
        return meaning satisfies never;
    }
  }

  return (
    <section aria-labelledby="calendar">
      <div class="heading">
        <h2 id="calendar">Days</h2>
        <div class="buttons">
          <MoreYears
            year={yearOf(bounds.first) - 1}
            onMore={() => dispatch({ type: "more-years", at: "before" })}
          />
          {shownLast < last && (
            <MoreYears
              year={yearOf(shownLast) + 1}
              onMore={() => dispatch({ type: "more-years", at: "behind" })}
            />
          )}
        </div>
      </div>
      <Legend />
      <p id="calendar-keys" class="hint">
        Click a day to look at it; drag, or hold Shift with the arrow keys, to choose a range. Arrow keys go
        by days and weeks; Enter opens the day, or reckons the range that it is in; Escape lets the range go.
      </p>
      <div class="sites" {...drag}>
        {sites.map((site) => {
          const stored = calendar.cursor?.site === site ? calendar.cursor.day : undefined;
          const working = live.status?.sites.find((view) => view.site === site)?.current_date;
          // A cursor stays in sight, whichever years are shown by now.
          const cursor = clamped(stored ?? parseUtcDay(working ?? "") ?? bounds.last, bounds);
          return (
            <SiteDays
              key={site}
              {...{ site, years, last, palette }}
              days={calendar.days.get(site)}
              unread={calendar.unread.get(site)}
              throttled={isThrottled(live.status, now)}
              selection={calendar.selection}
              cursor={cursor}
              onKey={(event, day) => onKey(event, { site, day })}
            />
          );
        })}
      </div>
    </section>
  );
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
      {SHOWN.map((status) => (
        <li key={status}>
          <span class="swatch" data-status={status} aria-hidden="true" />
          {status}
        </li>
      ))}
    </ul>
  );
}
