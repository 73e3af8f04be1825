import { addDays, type UtcDay } from "../../../src/domain/day.ts";
import { firstDayOf, lastDayOf, yearOf } from "./year.ts";

/** What a key does in the calendar. */
export type KeyMeaning =
  | { readonly do: "move"; readonly to: UtcDay; readonly extend: boolean }
  | { readonly do: "open" }
  | { readonly do: "clear" };

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">;

/**
 * The meaning of a key on `day`; undefined leaves the key to the browser. Weeks are columns: left and right move by weeks, up
 * and down by days. The cursor stays within `bounds`.
 */
export function keyMeaning(pressed: Key, day: UtcDay, bounds: Bounds): KeyMeaning | undefined {
  const { key, shiftKey } = pressed;
  // Keys of the browser: Alt with an arrow goes back a page.
  if (pressed.ctrlKey || pressed.altKey || pressed.metaKey) return undefined;
  if (key === "Enter" || key === " ") return { do: "open" };
  if (key === "Escape") return { do: "clear" };
  const to = movedTo(key, day);
  if (to === undefined) return undefined;
  return { do: "move", to: clamped(to, bounds), extend: shiftKey };
}

/** The first and the last day that the cursor can reach. */
export interface Bounds {
  readonly first: UtcDay;
  readonly last: UtcDay;
}

export function clamped(day: UtcDay, { first, last }: Bounds): UtcDay {
  const [, inside = day] = [first, day, last].sort();
  return inside;
}

function movedTo(key: string, day: UtcDay): UtcDay | undefined {
  switch (key) {
    case "ArrowUp":
      return addDays(day, -1);
    case "ArrowDown":
      return addDays(day, 1);
    case "ArrowLeft":
      return addDays(day, -7);
    case "ArrowRight":
      return addDays(day, 7);
    case "PageUp":
      return addDays(day, -28);
    case "PageDown":
      return addDays(day, 28);
    case "Home":
      return firstDayOf(yearOf(day));
    case "End":
      return lastDayOf(yearOf(day));
    default:
      return undefined;
  }
}
