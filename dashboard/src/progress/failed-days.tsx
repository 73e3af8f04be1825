import type { Shown } from "../app.tsx";
import { type FailedDay, failedDays } from "./failed.ts";
import { whole } from "./figures.ts";

/** Days listed; the calendar shows them all. */
const LISTED_MAX = 50;

export function FailedDays({ state, commands }: Shown) {
  const failed = failedDays(state.calendar.days);
  if (failed.length === 0) return null;
  return (
    <section aria-labelledby="failed">
      <div class="heading">
        <h2 id="failed">
          Failed days <small>{whole(failed.length)}</small>
        </h2>
        <button type="button" onClick={() => commands.retry({})}>
          Retry all
        </button>
      </div>
      <ul class="failed">
        {failed.slice(0, LISTED_MAX).map((day) => (
          <li key={`${day.place.site} ${day.place.day}`}>
            <OpenButton day={day} onOpen={() => commands.openDay(day.place)} />{" "}
            <span class="reason">{day.reason}</span>
          </li>
        ))}
      </ul>
      {failed.length > LISTED_MAX && <p class="hint">The first {LISTED_MAX} are listed.</p>}
    </section>
  );
}

function OpenButton({ day, onOpen }: { day: FailedDay; onOpen(): void }) {
  return (
    <button type="button" class="link-like" onClick={onOpen}>
      {day.place.site} {day.place.day}
    </button>
  );
}
