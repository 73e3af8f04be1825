import { useEffect, useState } from "preact/hooks";
import { DISPLAY_STATUSES, type DisplayStatus } from "./display-status.ts";

/** The colours of the calendar: those of the style sheet in the current colour scheme. */
export interface Palette {
  readonly status: Readonly<Record<DisplayStatus, string>>;
  /** Marks on a day, and the months' names. */
  readonly mark: string;
  readonly text: string;
  readonly selected: string;
}

/** Read again when the colour scheme changes. */
export function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const read = () => setPalette(readPalette());
    dark.addEventListener("change", read);
    return () => dark.removeEventListener("change", read);
  }, []);
  return palette;
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    status: Object.fromEntries(
      DISPLAY_STATUSES.map((status) => [status, colour(`day-${status.replace(" ", "-")}`)]),
    ) as Palette["status"],
    mark: colour("day-mark"),
    text: colour("text-soft"),
    selected: colour("accent"),
  };
}
